import { expect, test } from 'vitest';
import { didYouMean, namesLike, nearestName } from '../../src/config/nearest-name.ts';

test.each([
  ['chanel', ['count', 'channel'], 'channel'],
  ['cuont', ['count', 'channel'], 'count'],
  ['CHANNEL', ['channel'], 'channel'],
  ['channels', ['channel_type', 'channel'], 'channel'],
  ['dya', ['hour', 'day'], 'day'],
  ['form', ['from', 'to'], 'from'],
  ['xyz', ['count', 'channel'], undefined],
  ['a', ['b'], 'b'],
  ['a', ['xyz'], undefined],
  ['anything', [], undefined],
])('%s among %j is near %s', (name, known, nearest) => {
  expect(nearestName(name, known)).toBe(nearest);
});

test.each([
  ['waiting', ['completion-rate', 'applications-waiting'], 'applications-waiting, completion-rate'],
  ['payroll', ['licensing', 'payments', 'pay'], 'pay, payments, licensing'],
  ['xyz', ['b', 'a'], 'b, a'],
  ['xyz', [], ''],
])('like %s come first of %j', (name, known, names) => {
  expect(namesLike(name, known)).toBe(names);
});

test('of many names the first are told, the likest among them', () => {
  const known = Array.from({ length: 30 }, (_, index) => `job-${index}-of-many`);
  expect(namesLike('of-many-29', [...known, 'many-29'])).toMatch(/^many-29, .* and 11 more$/);
});

test('a suggestion is a question, or nothing', () => {
  expect(didYouMean('form', ['from'], ':')).toBe('did you mean ":from"?');
  expect(didYouMean('xyz', ['from'])).toBeUndefined();
});
