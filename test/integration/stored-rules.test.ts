import { beforeEach, describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../src/collect/fingerprint.ts';
import type { Job } from '../../src/config/config.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { type ReceivedRequest, startFaultyServer } from '../support/faulty-server.ts';

/** What is sent of records that were stored by other rules than those in force when they are sent. */

const place = collectingEach('better-sqlite3', startFaultyServer, [
  'CREATE TABLE waiting (channel text, number integer, other integer, note text)',
  "INSERT INTO waiting VALUES ('web', 6, 3, 'a'), ('post', 7, 80, 'b'), ('phone', 30, 40, 'c')",
]);

const MAPPING = {
  id: ['_timestamp', 'channel'],
  fields: { channel: 'channel', number: 'number', other: 'other' } as Record<string, unknown>,
};

const job = (suppress: object | undefined, record: object = {}) =>
  jobOf({
    snapshot: { period: 'hour' },
    query: 'SELECT channel, number, other, note FROM waiting ORDER BY number = 7 DESC, channel',
    record: { ...MAPPING, suppress, ...record },
  });

const STORED = { status: 200, body: { status: 'ok' } };
const hides = (below: number, over: object = {}) => ({ fields: ['number'], below, ...over });

/**
 * Stores 7 as a dead letter, because the write API refuses the post, and 6 and 30 as pending, because it then takes
 * nothing.
 */
async function storeSome(of: Job): Promise<void> {
  const refusal = { status: 400, body: { status: 'error', messages: ['no post'] } };
  const limits = { max_batch_records: 1, max_batch_bytes: 1_048_576, requests_in_flight: 1 };
  place.api.otherwise({ status: 401, body: { status: 'error', messages: ['no'] } });
  place.api.script(refusal);
  await place.collecting.run(of, '2014-06-10T05:30:00Z', { limits });
}

const replay = (of: Job) => place.collecting.replay(of, '2014-06-10T07:00:00Z');

/** Sends what is stored by the rules of a job; gives the records as they arrive, without id and time. */
async function sentBy(of: Job): Promise<Record<string, string>> {
  place.api.otherwise(STORED);
  const before = place.api.requests.length;
  await place.collecting.run(of, '2014-06-10T05:40:00Z', { onlyPending: true });
  await replay(of);
  const sent = place.api.requests.slice(before).flatMap(({ text }) => {
    return [...text.matchAll(/"_timestamp":"[^"]*","channel":"(\w+)"(?:,([^{]*?))?\}/g)];
  });
  return Object.fromEntries(sent.map(([, channel = '', rest = '']) => [channel, rest]));
}

describe('what small numbers are is decided when records are sent:', () => {
  beforeEach(async () => {
    await storeSome(job(hides(5)));
    expect((await place.collecting.state.deadLetters({})).map(({ cause }) => cause)).toEqual(['refused']);
    const [pending] = await place.collecting.state.pendingOf('applications');
    expect(pending?.records).toBe(2);
  });

  test.each<[string, object | undefined, Record<string, string>]>([
    [
      'a higher limit',
      hides(10),
      { web: '"number":null,"other":3', post: '"number":null,"other":80', phone: '"number":30,"other":40' },
    ],
    [
      'one more field and a mark',
      hides(7, { fields: ['number', 'other'], mark: true }),
      {
        web: '"number":null,"other":null,"suppressed":true',
        post: '"number":7,"other":80',
        phone: '"number":30,"other":40',
      },
    ],
    [
      'another replacement',
      hides(7, { replace_with: -1, mark: true }),
      {
        web: '"number":-1,"other":3,"suppressed":true',
        post: '"number":7,"other":80',
        phone: '"number":30,"other":40',
      },
    ],
    [
      'no rule any more',
      undefined,
      { web: '"number":6,"other":3', post: '"number":7,"other":80', phone: '"number":30,"other":40' },
    ],
  ])('%s', async (_, suppress, expected) => {
    expect(await sentBy(job(suppress))).toEqual(expected);
  });

  test('a field that is sent no more is left out', async () => {
    const fields = { channel: 'channel', other: 'other' };
    expect(await sentBy(job(undefined, { fields }))).toEqual({
      web: '"other":3',
      post: '"other":80',
      phone: '"other":40',
    });
  });

  test('a field that is made otherwise keeps all of it from being sent, until that is changed back', async () => {
    const coarse = job(hides(5), {
      fields: { ...MAPPING.fields, other: { column: 'other', as: 'string' } },
    });
    const result = await place.collecting.run(coarse, '2014-06-10T05:40:00Z', { onlyPending: true });
    expect(result.failure?.message).toBe(
      'the snapshot of 2014-06-10T05:30:00Z waits, because it was made by rules that have changed since: the field other was made otherwise',
    );
    expect(await sentBy(coarse)).toEqual({});
    expect((await replay(coarse)).kept.map(({ reason }) => reason)).toEqual([
      'it was made by rules that have changed since: the field other was made otherwise',
    ]);
    expect((await place.collecting.state.pendingOf('applications'))[0]?.failure).toContain('the field other');
    expect(await sentBy(job(hides(5)))).toEqual({
      web: '"number":6,"other":3',
      post: '"number":7,"other":80',
      phone: '"number":30,"other":40',
    });
  });

  test('records of other ids are not sent, even when the change is accepted', async () => {
    const other = job(hides(5), { id: ['_timestamp', 'channel', 'other'] });
    await place.collecting.state.setProgress('applications', { fingerprint: fingerprintOf(other, 'UTC') });
    const told =
      'it was made by rules that have changed since: record.id was ["_timestamp","channel"] and is ["_timestamp","channel","other"]';
    const result = await place.collecting.run(other, '2014-06-10T05:40:00Z', { onlyPending: true });
    expect(result.failure?.message).toContain(told);
    expect((await replay(other)).kept.map(({ reason }) => reason)).toEqual([told]);
    expect(await sentBy(other)).toEqual({});
  });
});

test('a field that holds a text is never sent, and its records become dead letters', async () => {
  const fields = { ...MAPPING.fields, note: 'note' };
  await storeSome(job(undefined, { fields }));
  expect(await sentBy(job({ fields: ['note'], below: 5 }, { fields }))).toEqual({});
  expect(
    (await place.collecting.state.deadLetters({})).map(({ cause, reason }) => `${cause}: ${reason}`),
  ).toEqual(
    Array(3).fill('not-a-record: the field note is to be suppressed when it is small, and holds a string'),
  );
});

test('a row that was no record hides its small numbers when it is replayed', async () => {
  await place.database.execute("UPDATE waiting SET note = char(0) WHERE channel = 'post'");
  const withNote = { fields: { ...MAPPING.fields, note: 'note' } };
  await place.collecting.run(job(hides(5), withNote), '2014-06-10T05:30:00Z');
  expect(await sentBy(job(hides(10)))).toEqual({ post: '"number":null,"other":80' });
});

test('a record that is refused keeps its small numbers, though they were never sent', async () => {
  await place.database.execute("UPDATE waiting SET number = 2 WHERE channel = 'post'");
  place.api.otherwise(({ text }: ReceivedRequest) =>
    text.includes('"post"') ? { status: 400, body: { status: 'error', messages: ['no post'] } } : STORED,
  );
  await place.collecting.run(job(hides(5)), '2014-06-10T05:30:00Z');
  expect(place.api.requests.some(({ text }) => text.includes('"number":2'))).toBe(false);
  expect(await sentBy(job(hides(5)))).toEqual({ post: '"number":null,"other":80' });
});

test('a string in place of small numbers is one again when it is sent', async () => {
  const few = hides(10, { replace_with: 'few', mark: true });
  place.api.otherwise({ status: 401, body: { status: 'error', messages: ['no'] } });
  await place.collecting.run(job(few), '2014-06-10T05:30:00Z');
  expect(await sentBy(job(few))).toEqual({
    web: '"number":"few","other":3,"suppressed":true',
    post: '"number":"few","other":80,"suppressed":true',
    phone: '"number":30,"other":40',
  });
});
