import { describe, expect, test } from 'vitest';
import type { RememberedPeriod } from '../../src/model/sent-records.ts';
import { ContentDigest } from '../../src/records/content-digest.ts';
import { SentTable } from '../../src/records/sent-table.ts';

const id = (number: number) => Int32Array.of(Math.imul(number, 0x9e3779b1), number);
const entry = (number: number, digest = number): readonly number[] => [...id(number), digest, digest];
const digestOf = (number: number) => Int32Array.of(number, number);
const known = (period: number, ...entries: readonly (readonly number[])[]): RememberedPeriod => ({
  period,
  entries: Int32Array.from(entries.flat()),
  doubts: [],
});

test('a digest tells contents apart, and is never both 0', async () => {
  const digest = await ContentDigest.load();
  const texts = Array.from({ length: 20_000 }, (_, number) => `{"_id":"x","count":${number}}`);
  const digests = texts.map((text) => {
    digest.hash(Buffer.from(text));
    return digest.words.join();
  });
  expect(new Set(digests).size).toBe(texts.length);
  expect(digests).not.toContain('0,0');
});

describe('a record', () => {
  test('is found among many, in whatever order they came', () => {
    const numbers = Array.from({ length: 5_000 }, (_, number) => number);
    const table = new SentTable([10, 20], [known(10, ...numbers.slice(0, 3_000).map((each) => entry(each)))]);
    for (const number of numbers.slice(3_000)) table.add(id(number), 20);
    expect(numbers.filter((number) => table.find(id(number)) === undefined)).toEqual([]);
    expect(table.find(id(5_000))).toBeUndefined();
  });

  test('is the same where its period has no doubts, it has this content and is met once', () => {
    const doubted = { ...known(20, entry(3)), doubts: [Int32Array.from(id(4))] };
    const table = new SentTable([10, 20], [known(10, entry(1), entry(2)), doubted]);
    const isSame = (number: number, digest = number) =>
      table.isSame(table.meet(id(number)) as number, digestOf(digest));
    expect(isSame(1)).toBe(true);
    expect(isSame(2, 5)).toBe(false);
    expect(isSame(3)).toBe(false);
    expect(isSame(1)).toBe(false);
    table.lost(10);
    expect(isSame(2)).toBe(false);
  });

  test('is doubted once, and not where its whole period is', () => {
    const table = new SentTable([10, 20], [known(10, entry(1), entry(2))]);
    const places = [1, 2].map((number) => table.meet(id(number)) as number);
    expect(table.doubtsOf(places)).toEqual([{ period: 10, ids: Int32Array.of(...id(1), ...id(2)) }]);
    table.doubted(places.slice(0, 1));
    expect(table.doubtsOf(places)).toEqual([{ period: 10, ids: id(2) }]);
    expect(table.wholeDoubts()).toEqual([10, 20].map((period) => ({ period, ids: 'all' })));
    table.doubtedWhole();
    expect(table.doubtsOf([...places, table.add(id(3), 20)])).toEqual([]);
  });
});

describe('what is remembered then', () => {
  test('is nothing new where nothing has changed', () => {
    const table = new SentTable([10], [known(10, entry(1))]);
    table.meet(id(1));
    expect(table.newly('kept')).toBeUndefined();
  });

  test('are the contents that were acknowledged, and none of what was refused', () => {
    const table = new SentTable([10], [known(10, entry(1), entry(2))]);
    const [first, second] = [1, 2].map((number) => table.meet(id(number)) as number);
    const [added, refused] = [3, 4].map((number) => table.add(id(number), 10));
    table.acknowledged(first as number, 7, 7);
    table.refused(second as number, false);
    table.acknowledged(added as number, 8, 8);
    table.refused(refused as number, false);
    const entries = Int32Array.from([entry(1, 7), entry(2), entry(3, 8)].flat());
    expect(table.compared(true)).toEqual([
      { period: 10, wasKnown: true, records: 2, appeared: 1, changed: 1, vanished: 0 },
    ]);
    expect(table.newly('kept')).toEqual([{ period: 10, entries }]);
  });

  test('is of what was underway that it is there, and not with which content', () => {
    const doubted = { ...known(10, entry(1)), doubts: [Int32Array.from(id(1))] };
    const table = new SentTable([10], [doubted]);
    table.acknowledged(table.meet(id(1)) as number, 1, 1);
    expect(table.newly('kept')).toEqual([{ period: 10, entries: Int32Array.from(entry(1, 0)) }]);
  });

  test.each([
    ['kept', 1, [[...id(2), 0, 1]]],
    ['removed', 1, []],
    ['unseen', 0, [entry(2)]],
  ] as const)('is of records that have vanished what became of them: %s', (fate, vanished, gone) => {
    const table = new SentTable([10], [known(10, entry(1), entry(2))]);
    table.meet(id(1));
    expect(table.compared(fate !== 'unseen')).toMatchObject([{ records: 1, vanished }]);
    const entries = Int32Array.from([entry(1), ...gone].flat());
    const changed = fate === 'unseen' ? undefined : [{ period: 10, entries }];
    expect(table.newly(fate)).toEqual(changed);
  });

  test.each([
    ['kept', []],
    ['not-removed', [[...id(2), 0, 0]]],
    ['unseen', [[...id(2), 0, 0]]],
  ] as const)('is no more what nobody knows of a record that has vanished and is %s', (fate, left) => {
    const table = new SentTable([10], [known(10, entry(1), [...id(2), 0, 0])]);
    table.meet(id(1));
    const entries = Int32Array.from([entry(1), ...left].flat());
    expect(table.newly(fate)).toEqual(fate === 'kept' ? [{ period: 10, entries }] : undefined);
  });

  test('is not what it was when it has been removed and another version may still arrive', () => {
    const table = new SentTable([10], [{ ...known(10, entry(2)), doubts: [id(2)] }]);
    const entries = Int32Array.from([...id(2), 0, 0]);
    expect(table.newly('removed')).toEqual([{ period: 10, entries }]);
  });

  test('counts in the data set as long as nobody has removed it, and has vanished once', () => {
    const table = new SentTable([10], [known(10, entry(1), [...id(2), 0, 1])]);
    table.meet(id(1));
    expect([...table.trusted()]).toEqual([[10, 2]]);
    expect(table.compared(true)).toMatchObject([{ vanished: 0 }]);
    expect(table.newly('kept')).toBeUndefined();
  });

  test('need not be in the data set any more once that has lost something of its period', () => {
    const table = new SentTable([10], [known(10, entry(1), entry(2), [...id(3), 0, 1])]);
    table.lost(10);
    table.acknowledged(table.meet(id(1)) as number, 1, 1);
    const [period] = table.newly('kept') ?? [];
    const after = new SentTable([10], [{ ...(period as RememberedPeriod), doubts: [] }]);
    expect([...after.trusted()]).toEqual([[10, 1]]);
    after.meet(id(1));
    expect(after.compared(true)).toMatchObject([{ vanished: 0 }]);
    expect(after.newly('kept')).toBeUndefined();
    expect(after.vanished().get(10)).toHaveLength(2);
  });
});
