import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isolate, MOST_HUNTED, type PartRefusal, type RefusedPart } from '../../src/write-api/isolation.ts';

type Cause = PartRefusal['cause'];

const refusal = (cause: Cause): PartRefusal => ({ cause, status: 400, reason: cause, remedy: '' });

/** Takes some records and refuses others; remembers what it was sent. */
class Records {
  readonly stored: number[] = [];
  readonly sent: (readonly [from: number, to: number])[] = [];
  readonly #bad: ReadonlyMap<number, Cause>;

  constructor(bad: Iterable<readonly [number, Cause]>) {
    this.#bad = new Map(bad);
  }

  readonly send = async (from: number, to: number): Promise<RefusedPart | undefined> => {
    this.sent.push([from, to]);
    const indices = Array.from({ length: to - from }, (_, offset) => from + offset);
    const bad = indices.find((index) => this.#bad.has(index));
    if (bad !== undefined) return { from, to, refusal: refusal(this.#bad.get(bad) ?? 'refused') };
    this.stored.push(...indices);
    return undefined;
  };
}

it('stores all records but the refused ones, in order, with at most log2(n) + 2 requests for each of them', async () => {
  const batches = fc
    .integer({ min: 1, max: 1_200 })
    .chain((count) =>
      fc.tuple(fc.constant(count), fc.uniqueArray(fc.nat({ max: count - 1 }), { maxLength: MOST_HUNTED })),
    );
  await fc.assert(
    fc.asyncProperty(batches, async ([count, indices]) => {
      const bad = indices.toSorted((a, b) => a - b);
      const records = new Records(bad.map((index) => [index, 'refused']));
      const { refused, abandoned } = await isolate(count, records.send);
      expect(abandoned).toBeUndefined();
      expect(refused.map(({ index }) => index)).toEqual(bad);
      const good = Array.from({ length: count }, (_, index) => index).filter((index) => !bad.includes(index));
      expect(records.stored).toEqual(good);
      expect(records.sent.length).toBeLessThanOrEqual(1 + bad.length * (Math.ceil(Math.log2(count)) + 2));
    }),
  );
});

it('blames a record only by what was answered to it alone', async () => {
  const records = new Records([
    [1, 'server-error'],
    [2, 'refused'],
  ]);
  const { refused } = await isolate(4, records.send);
  expect(refused).toEqual([
    { index: 1, refusal: refusal('server-error') },
    { index: 2, refusal: refusal('refused') },
  ]);
  expect(records.sent).toContainEqual([1, 2]);
  expect(records.sent).toContainEqual([2, 3]);
});

it('ends the hunt after five, whatever came of it, and does not send the rest again', async () => {
  const records = new Records(Array.from({ length: 6 }, (_, index) => [index * 10, 'refused']));
  const { refused, abandoned } = await isolate(100, records.send);
  expect(refused.map(({ index }) => index)).toEqual([0, 10, 20, 30, 40]);
  expect(abandoned).toEqual(refusal('refused'));
  expect(records.sent.at(-1)).toEqual([41, 100]);
});

it('sends nothing more where the last record is refused', async () => {
  const records = new Records([[3, 'refused']]);
  const { refused } = await isolate(4, records.send);
  expect(refused.map(({ index }) => index)).toEqual([3]);
  expect(records.sent.at(-1)).toEqual([3, 4]);
});

it('finds any number of records that are too large', async () => {
  const bad = Array.from({ length: 20 }, (_, index) => index * 3);
  const records = new Records(bad.map((index) => [index, 'too-large']));
  const { refused, abandoned } = await isolate(60, records.send);
  expect(refused.map(({ index }) => index)).toEqual(bad);
  expect(abandoned).toBeUndefined();
});

it('does not go on for ever where records are refused together and stored alone', async () => {
  let sent = 0;
  const { refused, abandoned } = await isolate(1_000, async (from, to) => {
    sent += 1;
    return to - from > 1 ? { from, to, refusal: refusal('refused') } : undefined;
  });
  expect(refused).toEqual([]);
  expect(abandoned).toEqual(refusal('refused'));
  expect(sent).toBeLessThan(70);
});

it('goes on where only the end of a part was refused', async () => {
  const sent: (readonly [number, number])[] = [];
  const { refused } = await isolate(10, async (from, to) => {
    sent.push([from, to]);
    if (from > 7 || to <= 7) return undefined;
    return { from: Math.max(from, 6), to: Math.min(to, 8), refusal: refusal('refused') };
  });
  expect(refused.map(({ index }) => index)).toEqual([7]);
  expect(sent).toEqual([
    [0, 10],
    [6, 7],
    [7, 8],
    [8, 10],
  ]);
});
