import type { Batch } from '../model/batch.ts';
import type { Delivered } from '../model/dead-letter.ts';
import type { CursorValue } from '../model/query.ts';
import type { Reading } from '../model/row.ts';

/** A batch, and what is known of the rows that it was made of. */
export interface MarkedBatch {
  readonly batch: Batch;
  /** Cursor jobs: where the job stands when this batch and all before it are acknowledged. */
  readonly cursor: readonly CursorValue[] | undefined;
  /** When the last of its records was read. */
  readonly reading: Reading;
  /** Records of the batch of which older versions are dead letters. */
  readonly healed: readonly Healed[];
}

/** A record of which an older version is a dead letter. */
export interface Healed extends Delivered {
  /** Of the record. */
  readonly id: string;
}
