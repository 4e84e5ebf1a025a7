import type { PendingSql } from '../pending-sql.ts';

export const SQLITE_PENDING: PendingSql = {
  records: 'json_each(CAST(bytes AS text)) AS record',
  id: "record.value ->> '_id'",
  places: 'json_group_array(record.key)',
  elementsOf: (parameter) => `SELECT value FROM json_each(${parameter})`,
  columnsOf: ({ bytes, ends, count }) => ({ records: count, ends: JSON.stringify(ends), bytes }),
};
