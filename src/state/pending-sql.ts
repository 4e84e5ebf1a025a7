import type { Batch } from '../model/batch.ts';
import type { Values } from './work.ts';

/** What databases say differently of pending records. */
export interface PendingSql {
  /** Gives a row for each record of `pending_batches`; to stand in FROM behind that table. */
  readonly records: string;
  /** The `_id` of such a record. */
  readonly id: string;
  /** An aggregate: the places of such records in their batch, from 0, as a JSON array. */
  readonly places: string;
  /** A query for the elements of a list. */
  elementsOf(parameter: string): string;
  /** The columns that a batch is stored in. */
  columnsOf(batch: Batch): Values;
}
