import type { RefusedRecord } from '../model/target.ts';

/** Why records were refused. */
export type PartRefusal = Pick<RefusedRecord, 'reason' | 'remedy'> & {
  readonly cause: Exclude<RefusedRecord['cause'], 'not-a-record'>;
  /** Status of the answer; undefined where none was asked for. */
  readonly status: number | undefined;
};

/** Records that were refused together, from one index to another, which is excluded. */
export interface RefusedPart {
  readonly from: number;
  readonly to: number;
  readonly refusal: PartRefusal;
}

/**
 * Sends the records from one index to another, which is excluded, in order. Undefined: all are stored; else the first
 * of them that were refused: those before are stored, those behind were not sent.
 */
export type SendPart = (from: number, to: number) => Promise<RefusedPart | undefined>;

export interface Isolation {
  /** Refused by themselves, in order. */
  readonly refused: readonly { readonly index: number; readonly refusal: PartRefusal }[];
  /**
   * Why the rest, which is not stored, was refused, when more records would have had to be hunted down than are worth
   * it.
   */
  readonly abandoned: PartRefusal | undefined;
}

/** One record in a hundred is a mistake in the data; more are one in the job. */
export const MOST_HUNTED = 5;

/**
 * Delivers `count` records in order, all but those that are refused by themselves. An answer does not tell which record
 * it means, so they are hunted down one after the other, for about log2(count) + 2 requests each. Records that are too
 * large do not count as hunted: they are found by the way.
 */
export async function isolate(count: number, send: SendPart): Promise<Isolation> {
  const refused: { index: number; refusal: PartRefusal }[] = [];
  let hunted = 0;
  for (let start = 0; start < count; ) {
    const part = await send(start, count);
    if (part === undefined) break;
    if (part.refusal.cause !== 'too-large') hunted += 1;
    if (hunted > MOST_HUNTED) return { refused, abandoned: part.refusal };
    const { index, refusal } = await firstRefused(part, send);
    if (refusal !== undefined) refused.push({ index, refusal });
    start = index + 1;
  }
  return { refused, abandoned: undefined };
}

/** Sends the records up to the first one that is refused, and that one alone. No refusal: alone it was stored. */
async function firstRefused(
  whole: RefusedPart,
  send: SendPart,
): Promise<{ index: number; refusal: PartRefusal | undefined }> {
  let part: RefusedPart | undefined = whole;
  let { from, to } = whole;
  while (to - from > 1) {
    const middle = from + Math.floor((to - from) / 2);
    part = await send(from, middle);
    if (part === undefined) from = middle;
    else ({ from, to } = part);
  }
  // Refused with others before it, it has not been asked about alone.
  part ??= await send(from, to);
  return { index: from, refusal: part?.refusal };
}
