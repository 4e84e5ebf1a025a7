import { expect, test } from 'vitest';
import { didYouMean, nearestName } from '../../src/config/nearest-name.ts';

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

test('a suggestion is a question, or nothing', () => {
  expect(didYouMean('form', ['from'], ':')).toBe('did you mean ":from"?');
  expect(didYouMean('xyz', ['from'])).toBeUndefined();
});
