import type { RecordMapping } from '../config/job-schema.ts';
import type { Batches } from '../records/batches.ts';
import type { RecordEncoder } from '../records/compile-records.ts';
import { SeenIds } from '../records/duplicate-ids.ts';
import { DuplicateIdError } from './failures.ts';
import type { Batch, DataRecord, ResultSet, Row } from './interfaces.ts';

export interface RowsRead {
  rows: number;
}

/**
 * The rows of a query as batches of records. Counts the rows in `read`.
 * Throws NotARecordError, DuplicateIdError and what reading throws.
 *
 * @param onLimit called once when there are more ids than can be compared
 */
export async function* recordBatches(
  result: ResultSet,
  encoder: RecordEncoder,
  mapping: RecordMapping,
  batches: Batches,
  read: RowsRead,
  onLimit: () => void,
): AsyncGenerator<Batch> {
  const ids = new SeenIds();
  for await (const rows of result.batches) {
    const wasComplete = ids.isComplete;
    for (const row of rows) {
      const batch = batches.add(encodeUnique(row, encoder, mapping, ids, ++read.rows));
      if (batch !== undefined) yield batch;
    }
    if (wasComplete && !ids.isComplete) onLimit();
  }
  const rest = batches.rest();
  if (rest !== undefined) yield rest;
}

function encodeUnique(
  row: Row,
  encoder: RecordEncoder,
  mapping: RecordMapping,
  ids: SeenIds,
  number: number,
): DataRecord {
  const record = encoder.encode(row);
  const earlier = ids.add(record.id, number);
  if (earlier !== undefined) throw new DuplicateIdError(record, mapping, earlier, number);
  return record;
}
