import type { Batch } from '../model/batch.ts';
import type { Delivered } from '../model/dead-letter.ts';
import type { PeriodFigures } from '../model/figures.ts';
import type { CursorValue } from '../model/query.ts';
import type { Reading } from '../model/row.ts';

/**
 * Of each record of a batch: its place in the table of what was sent, and the two words of the digest of its content.
 */
export type SentPlaces = readonly number[];

/** A batch, and what is known of the rows that it was made of. */
export interface MarkedBatch {
  readonly batch: Batch;
  /** Cursor jobs: where the job stands when this batch and all before it are acknowledged. */
  readonly cursor: readonly CursorValue[] | undefined;
  /** When the last of its records was read. */
  readonly reading: Reading;
  /** Records of the batch of which older versions are dead letters. */
  readonly healed: readonly Healed[];
  /**
   * Cursor jobs: of the records up to `cursor` that no batch before has; window jobs: of all, with the last batch.
   * Undefined: not added up yet.
   */
  readonly figures?: readonly PeriodFigures[] | undefined;
  /** Cursor jobs: how many of its last records are in the figures of a later batch, because their group goes on. */
  readonly open?: number;
  /** Jobs that remember what was sent: by what its records are found there. */
  readonly places?: SentPlaces | undefined;
}

/** A record of which an older version is a dead letter. */
export interface Healed extends Delivered {
  /** Of the record. */
  readonly id: string;
}
