import type { Batch } from '../model/batch.ts';
import type { DataRecord } from '../model/record.ts';
import { Batches } from '../records/batches.ts';

/** The records of a batch, in order. */
export function recordsIn({ bytes, ends }: Batch): DataRecord[] {
  return ends.map((end, index) => {
    const json = bytes.toString('utf8', (ends[index - 1] ?? 0) + 1, end);
    const { _id: id }: { readonly _id: string } = JSON.parse(json);
    return { id, json };
  });
}

/** Records as one batch, however large; undefined when there are none. */
export function batchOf(records: readonly DataRecord[]): Batch | undefined {
  const unlimited = Number.POSITIVE_INFINITY;
  const batches = new Batches({ max_batch_records: unlimited, max_batch_bytes: unlimited });
  for (const record of records) batches.add(record);
  return batches.rest();
}
