import type { PendingSql } from '../pending-sql.ts';

export const POSTGRESQL_PENDING: PendingSql = {
  records: 'unnest(ids) WITH ORDINALITY AS record (id, number)',
  id: 'record.id',
  places: 'json_agg(record.number - 1)::text',
  elementsOf: (parameter) => `SELECT unnest(${parameter}::text[])`,
  columnsOf: (batch) => ({
    records: batch.count,
    ends: JSON.stringify(batch.ends),
    ids: batch.records().map(({ id }) => id || null),
    bytes: batch.bytes,
  }),
};
