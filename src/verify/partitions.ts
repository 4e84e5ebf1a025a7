import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Room } from './room.ts';

/** Words of 32 bits of an entry, and the place of each. */
export const ENTRY = {
  words: 6,
  idHigh: 0,
  idLow: 1,
  digestHigh: 2,
  digestLow: 3,
  hour: 4,
  isOwn: 5,
} as const;

export const PARTITIONS = 64;
/** Entries that are written to the file together. */
const BLOCK_ENTRIES = 256;
const BLOCK_WORDS = BLOCK_ENTRIES * ENTRY.words;

/** The halves of a hash of 64 bits. */
export interface HashWords {
  readonly high: number;
  readonly low: number;
}

/** What tells records apart in memory. */
export type RecordKey = string;

export const keyOf = ({ high, low }: HashWords): RecordKey => `${high}:${low}`;

/** One record that was read. */
export interface Entry {
  readonly id: HashWords;
  /** Of its content. */
  readonly digest: HashWords;
  /** Of its `_timestamp`, in hours since 1970. */
  readonly hour: number;
  /** In a data set: whether it is the job's, not another's. In the source: whether it is delivered, not left to the next run. */
  readonly isOwn: boolean;
}

/**
 * Entries by the hash of their ids, in a file: any number of them takes little memory, and those of one partition fit
 * into it. The file has no name once it is open, so that it is gone with the process, however that ends.
 */
export class Partitions {
  count = 0;
  readonly #file: number;
  readonly #begun = Array.from({ length: PARTITIONS }, () => new Int32Array(BLOCK_WORDS));
  readonly #lengths = new Array<number>(PARTITIONS).fill(0);
  readonly #blocks: number[][] = Array.from({ length: PARTITIONS }, () => []);
  #written = 0;

  /** @param folder where there is room for 24 bytes of each record */
  constructor(folder: string) {
    const own = mkdtempSync(join(folder, 'pp-db-collector-verify-'));
    try {
      this.#file = openSync(join(own, 'records'), 'wx+', 0o600);
    } finally {
      rmSync(own, { recursive: true });
    }
  }

  add({ id, digest, hour, isOwn }: Entry): void {
    const partition = (id.high >>> 16) % PARTITIONS;
    const block = this.#begun[partition] as Int32Array;
    const at = this.#lengths[partition] as number;
    block[at + ENTRY.idHigh] = id.high;
    block[at + ENTRY.idLow] = id.low;
    block[at + ENTRY.digestHigh] = digest.high;
    block[at + ENTRY.digestLow] = digest.low;
    block[at + ENTRY.hour] = hour;
    block[at + ENTRY.isOwn] = isOwn ? 1 : 0;
    this.count += 1;
    this.#lengths[partition] = at + ENTRY.words;
    if (at + ENTRY.words === BLOCK_WORDS) this.#writeBlock(partition, block);
  }

  /** The entries of a partition, `ENTRY.words` each, in no order. */
  read(partition: number, room: Room): Int32Array {
    const blocks = this.#blocks[partition] ?? [];
    const rest = (this.#begun[partition] as Int32Array).subarray(0, this.#lengths[partition]);
    const all = room.take(blocks.length * BLOCK_WORDS + rest.length);
    for (const [index, place] of blocks.entries()) {
      const block = all.subarray(index * BLOCK_WORDS, (index + 1) * BLOCK_WORDS);
      readSync(this.#file, block, 0, block.byteLength, place);
    }
    all.set(rest, blocks.length * BLOCK_WORDS);
    return all;
  }

  close(): void {
    closeSync(this.#file);
  }

  #writeBlock(partition: number, block: Int32Array): void {
    writeWhole(this.#file, block, this.#written);
    this.#blocks[partition]?.push(this.#written);
    this.#written += block.byteLength;
    this.#lengths[partition] = 0;
  }
}

/** A disk that becomes full takes a part only, and says why with the next one. */
function writeWhole(file: number, { buffer, byteOffset, byteLength }: Int32Array, place: number): void {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  for (let written = 0; written < byteLength; )
    written += writeSync(file, bytes, written, byteLength - written, place + written);
}
