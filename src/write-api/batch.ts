import type { Batch } from '../model/batch.ts';

/** The batch of some records, given as the JSON of each. */
export function batchOf(texts: readonly string[]): Batch {
  let end = 0;
  const ends = texts.map((text) => {
    end += 1 + Buffer.byteLength(text);
    return end;
  });
  return { bytes: Buffer.from(`[${texts.join(',')}]`), ends };
}

/** The records from one index to another, which is excluded, as a batch of their own. */
export function partOf({ bytes, ends }: Batch, from: number, to: number): Batch {
  if (from === 0 && to === ends.length) return { bytes, ends };
  const start = startOf(ends, from);
  const records = bytes.subarray(start, ends[to - 1]);
  const part = Buffer.concat([Buffer.from('['), records, Buffer.from(']')]);
  return { bytes: part, ends: ends.slice(from, to).map((end) => end - start + 1) };
}

/** The JSON of each record of a batch. */
export function textsOf({ bytes, ends }: Batch): string[] {
  return ends.map((end, index) => bytes.toString('utf8', startOf(ends, index), end));
}

/** Behind the bracket or the comma that stands before a record. */
const startOf = (ends: readonly number[], index: number): number => (ends[index - 1] ?? 0) + 1;
