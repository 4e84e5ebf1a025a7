/** Longer values are seldom the same. */
const LONGEST_KEY = 64;
const SLOTS = 2_048;
const MULTIPLIER = 0x9e3779b1;

interface Known<Result> {
  readonly key: Uint8Array;
  readonly stored: number;
  readonly result: Result;
}

/**
 * What was made of values, found again by their bytes: a column holds far fewer values than rows. Each value has one
 * place, which the next one of that place takes over.
 */
export class ByteMemo<Result> {
  readonly #slots: (Known<Result> | undefined)[] = new Array(SLOTS);
  #last: Known<Result> | undefined;

  /** @param stored how the value stands in its batch: equal bytes may be different values */
  find(bytes: Uint8Array, start: number, end: number, stored: number): Result | undefined {
    if (isKey(this.#last, bytes, start, end, stored)) return this.#last?.result;
    const known = this.#slots[slotOf(bytes, start, end)];
    if (!isKey(known, bytes, start, end, stored)) return undefined;
    this.#last = known;
    return known?.result;
  }

  note(bytes: Uint8Array, start: number, end: number, stored: number, result: Result): void {
    if (end - start > LONGEST_KEY) return;
    // A copy: the memory of the batch is used again.
    this.#last = { key: new Uint8Array(bytes.subarray(start, end)), stored, result };
    this.#slots[slotOf(bytes, start, end)] = this.#last;
  }
}

function isKey<Result>(
  known: Known<Result> | undefined,
  bytes: Uint8Array,
  start: number,
  end: number,
  stored: number,
): boolean {
  if (known === undefined || known.key.length !== end - start || known.stored !== stored) return false;
  const { key } = known;
  for (let index = key.length - 1; index >= 0; index--) if (key[index] !== bytes[start + index]) return false;
  return true;
}

function slotOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ (bytes[index] ?? 0), MULTIPLIER);
  return ((hash ^ (hash >>> 15)) >>> 0) % SLOTS;
}
