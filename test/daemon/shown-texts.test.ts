import { expect, test } from 'vitest';
import type { Job } from '../../src/config/config.ts';
import { ShownTexts } from '../../src/daemon/shown-texts.ts';
import type { RunResult } from '../../src/model/run.ts';
import { jobOf } from '../support/collecting.ts';

const job = jobOf({});
const { token: _token, ...data_set } = job.data_set;
const group = 'carers-allowance.test';
const outside = {
  ...job,
  data_set: { ...job.data_set, data_group: group, data_type: 'ab' },
  shown: { ...job, data_set: { ...data_set, data_group: '${GROUP}', data_type: '${TYPE}' } },
} as unknown as Job;

test.each([
  [`the data set ${group}/ab is not known`, 'the data set ${GROUP}/ab is not known'],
  [`look for ${group}, twice: "${group}"`, 'look for ${GROUP}, twice: "${GROUP}"'],
  [`of ${group}-more and my-${group}`, `of ${group}-more and my-${group}`],
  ['of carers-allowance-test', 'of carers-allowance-test'],
])('of a job whose data set is taken from outside, %j is shown as %j', (text, expected) => {
  const texts = new ShownTexts(outside);
  const failure = { side: 'target', message: text, remedy: text } as const;
  const run = texts.run({ outcome: 'failed', failure } as unknown as RunResult);
  expect(run.failure).toEqual({ side: 'target', message: expected, remedy: expected });
  const content = (shown: string) => ({ kind: 'record', json: JSON.stringify({ shown }) });
  expect(texts.letter({ reason: text, remedy: text, content: content(text) } as never)).toEqual({
    ...{ reason: expected, remedy: expected, content: content(expected) },
  });
});

test('of a job of which nothing is taken from outside, texts stay as they are', () => {
  expect(new ShownTexts(job as Job).text(`of ${group}`)).toBe(`of ${group}`);
});

test('of two values of which one begins with the other, the longer one is shown where it stands', () => {
  const both = {
    ...job,
    data_set: { ...job.data_set, data_group: 'carers', data_type: 'carers allowance' },
    shown: { ...job, data_set: { ...data_set, data_group: '${GROUP}', data_type: '${TYPE}' } },
  } as unknown as Job;
  expect(new ShownTexts(both).text('carers allowance of carers')).toBe('${TYPE} of ${GROUP}');
});
