import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Column, RawValue } from '../../src/collect/interfaces.ts';
import { contentFromJson, contentToJson } from '../../src/state/dead-letter-content.ts';
import { letterOf, stepOf } from './examples.ts';
import { leaseOf, newFile, opened, PLACES } from './open-state.ts';

describe.each(PLACES)('dead letters in %s', (place) => {
  const state = async (now: () => number = () => 1_000) => {
    const opening = opened(place, { now });
    await leaseOf(opening, 'a');
    await leaseOf(opening, 'b');
    return opening;
  };

  test('met again keep their number and when they were first seen, and change all else', async () => {
    let now = 1_000;
    const letters = await state(() => now);
    await letters.acknowledged('a', 1, stepOf({ deadLetters: [letterOf('x')] }));
    now = 2_000;
    const changed = letterOf('x', {
      cause: 'not-a-record',
      reason: 'another',
      remedy: 'Other.',
      window: undefined,
      content: { kind: 'row', columns: [], row: [1] },
    });
    await letters.acknowledged('a', 2, stepOf({ deadLetters: [changed] }));
    expect(await letters.deadLetters({})).toEqual([
      { ...changed, id: 1, job: 'a', run: 2, firstSeen: 1_000, lastSeen: 2_000 },
    ]);
  });

  test('are of one job each, found by job and number, oldest first', async () => {
    let now = 3;
    const letters = await state(() => now--);
    await letters.acknowledged('a', 1, stepOf({ deadLetters: [letterOf('x'), letterOf('y')] }));
    await letters.acknowledged('b', 2, stepOf({ deadLetters: [letterOf('x')] }));
    const found = async (filter: object) =>
      (await letters.deadLetters(filter)).map(({ job, key }) => `${job}${key}`);
    expect(await found({})).toEqual(['bx', 'ax', 'ay']);
    expect(await found({ job: 'a' })).toEqual(['ax', 'ay']);
    expect(await found({ id: 3 })).toEqual(['bx']);
    expect(await found({ id: 3, job: 'a' })).toEqual([]);
    expect(await letters.countDeadLetters()).toEqual(
      new Map([
        ['a', 2],
        ['b', 1],
      ]),
    );
    expect(await letters.deadLetterKeys('a')).toEqual(new Set(['x', 'y']));
    expect(await letters.deadLetterKeys('c')).toEqual(new Set());
  });

  test('that are delivered after all are removed, of that job only', async () => {
    const letters = await state();
    await letters.acknowledged('a', 1, stepOf({ deadLetters: [letterOf('x'), letterOf('y')] }));
    await letters.acknowledged('b', 1, stepOf({ deadLetters: [letterOf('x')] }));
    await letters.acknowledged('a', 2, stepOf({ delivered: ['x', 'unknown'] }));
    expect(await letters.deadLetterKeys('a')).toEqual(new Set(['y']));
    expect(await letters.deadLetterKeys('b')).toEqual(new Set(['x']));
  });

  test('are discarded by number, and a number is never given again', async () => {
    const letters = await state();
    await letters.acknowledged('a', 1, stepOf({ deadLetters: [letterOf('x'), letterOf('y')] }));
    expect(await letters.discardDeadLetters([1, 2, 77])).toBe(2);
    expect(await letters.countDeadLetters()).toEqual(new Map());
    await letters.acknowledged('a', 1, stepOf({ deadLetters: [letterOf('z')] }));
    expect((await letters.deadLetters({})).map(({ id }) => id)).toEqual([3]);
  });

  test('keep what JSON has no words for', async () => {
    const letters = await state();
    const row = [
      'a\u0000b',
      '\ud800',
      2n ** 63n,
      new Uint8Array([0, 255]),
      -0,
      1e308,
      Number.NaN,
      null,
      '',
      0.1,
    ];
    const columns: Column[] = [
      { name: 'c', type: 'json', kind: 'unsupported', remedy: "Select data->>'x'." },
    ];
    await letters.acknowledged(
      'a',
      1,
      stepOf({ deadLetters: [letterOf('x', { content: { kind: 'row', columns, row } })] }),
    );
    const [letter] = await letters.deadLetters({});
    expect(letter?.content).toStrictEqual({ kind: 'row', columns, row });
  });
});

test('content of every kind is read again exactly as it was written', () => {
  const special = fc.constantFrom('\u0000', '\ud800', '\udfff\ud800', '{"bytes":"AA=="}', '\u2028"\\');
  const value: fc.Arbitrary<RawValue> = fc.oneof(
    fc.string({ unit: 'binary' }),
    special,
    fc.double(),
    fc.constantFrom(-0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 5e-324, 2 ** 53 + 2),
    fc.bigInt(),
    fc.uint8Array(),
    fc.constant(null),
  );
  fc.assert(
    fc.property(fc.array(value), (row) => {
      const content = { kind: 'row', columns: [], row } as const;
      expect(contentFromJson(contentToJson(content))).toStrictEqual(content);
    }),
    { numRuns: 1_000 },
  );
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), special), (json) => {
      expect(contentFromJson(contentToJson({ kind: 'record', json }))).toStrictEqual({
        kind: 'record',
        json,
      });
    }),
  );
});

test('what was in a discarded letter is nowhere in the file any more', async () => {
  const file = newFile();
  const state = opened(file);
  await leaseOf(state);
  const secrets = Array.from({ length: 50 }, (_, index) =>
    letterOf(`k${index}`, { content: { kind: 'record', json: `{"name":"Ada Lovelace ${index}"}` } }),
  );
  await state.acknowledged('a', 1, stepOf({ deadLetters: secrets }));
  await state.discardDeadLetters((await state.deadLetters({})).map(({ id }) => id));
  await state.close();
  expect(readFileSync(file).includes('Lovelace')).toBe(false);
});
