import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY } from '../../src/calendar/durations.ts';
import type { Column, RawValue } from '../../src/model/row.ts';
import { contentFromJson, contentToJson } from '../../src/state/dead-letters.ts';
import { deliveredOf, keysOf, letterOf, stepOf } from './examples.ts';
import { dropDatabasesAfterwards, leaseOf, newFile, opened, PLACES } from './open-state.ts';

dropDatabasesAfterwards();

describe.each(PLACES)('dead letters in %s', (place) => {
  const state = async (now: () => number = () => 1_000) => {
    const opening = await opened(place, { now });
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
      { ...changed, id: 1, job: 'a', run: 2, firstSeen: 1_000, lastSeen: 2_000, overtakenBy: undefined },
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
    expect(await keysOf(letters, 'a')).toEqual(['x', 'y']);
    expect(await keysOf(letters, 'c')).toEqual([]);
  });

  test('that are delivered after all are removed, of that job only', async () => {
    const letters = await state();
    await letters.acknowledged('a', 1, stepOf({ deadLetters: [letterOf('x'), letterOf('y')] }));
    await letters.acknowledged('b', 1, stepOf({ deadLetters: [letterOf('x')] }));
    await letters.acknowledged('a', 2, stepOf({ delivered: deliveredOf('x', 'unknown') }));
    expect(await keysOf(letters, 'a')).toEqual(['y']);
    expect(await keysOf(letters, 'b')).toEqual(['x']);
  });

  test('hold the version that was read last, in whatever order the versions come', async () => {
    const letters = await state();
    const read = (run: number, row: number) => ({ reading: { run, row }, reason: `${run}/${row}` });
    const reasons = async () => (await letters.deadLetters({})).map(({ reason }) => reason);
    for (const [run, row] of [
      [5, 2],
      [4, 9],
      [5, 1],
    ] as const) {
      await letters.acknowledged('a', 6, stepOf({ deadLetters: [letterOf('x', read(run, row))] }));
      expect(await reasons()).toEqual(['5/2']);
    }
    await letters.acknowledged('a', 6, stepOf({ deadLetters: [letterOf('x', read(5, 3))] }));
    expect(await reasons()).toEqual(['5/3']);
  });

  test('that were read after what is delivered stay', async () => {
    const letters = await state();
    const deadLetters = [letterOf('x', { reading: { run: 5, row: 2 } })];
    const delivered = (run: number, row: number) => [{ key: 'x', reading: { run, row } }];
    await letters.acknowledged('a', 6, stepOf({ deadLetters, delivered: delivered(5, 1) }));
    await letters.acknowledged('a', 6, stepOf({ delivered: delivered(4, 7) }));
    expect(await keysOf(letters, 'a')).toEqual(['x']);
    await letters.acknowledged('a', 6, stepOf({ delivered: delivered(6, 1) }));
    expect(await keysOf(letters, 'a')).toEqual([]);
    await letters.acknowledged('a', 6, stepOf({ deadLetters, delivered: delivered(5, 3) }));
    expect(await keysOf(letters, 'a')).toEqual([]);
  });

  test('know the run that sent a newer version, until they hold it themselves', async () => {
    const letters = await state();
    const overtakenBy = async () => (await letters.deadLetters({}))[0]?.overtakenBy;
    const at = (run: number) => ({ reading: { run, row: 1 } });
    await letters.acknowledged('a', 5, stepOf({ deadLetters: [letterOf('x', at(5))] }));
    await letters.overtakeDeadLetters('a', 6, [{ key: 'x', ...at(4) }]);
    expect(await overtakenBy()).toBeUndefined();
    await letters.overtakeDeadLetters('a', 6, [{ key: 'x', ...at(6) }]);
    expect(await overtakenBy()).toBe(6);
    await letters.acknowledged('a', 6, stepOf({ deadLetters: [letterOf('x', at(6))] }));
    expect(await overtakenBy()).toBeUndefined();
  });

  test('come after no run that begins later, however old they are', async () => {
    const letters = await state();
    const run = await letters.beginRun('a', 1_000);
    const deadLetters = [letterOf('x', { reading: { run, row: 1 } })];
    await letters.acknowledged('a', run, stepOf({ deadLetters }));
    const later = await letters.beginRun('a', 1_000 + 400 * DAY);
    expect(later).toBeGreaterThan(run);
    expect(await letters.runs({ limit: 10 })).toEqual([]);
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
  const state = await opened(file);
  await leaseOf(state);
  const secrets = Array.from({ length: 50 }, (_, index) =>
    letterOf(`k${index}`, { content: { kind: 'record', json: `{"name":"Ada Lovelace ${index}"}` } }),
  );
  await state.acknowledged('a', 1, stepOf({ deadLetters: secrets }));
  await state.discardDeadLetters((await state.deadLetters({})).map(({ id }) => id));
  await state.close();
  expect(readFileSync(file).includes('Lovelace')).toBe(false);
});
