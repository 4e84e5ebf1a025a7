import type { DataSetStanding } from '../model/sent-records.ts';
import { change, rowOf, type Work } from './work.ts';

interface DataSetRow {
  readonly changes: number;
  readonly changing_since: number | null;
}

const UNCHANGED: DataSetStanding = { changes: 0, changingSince: undefined };

export function* dataSetStanding(address: string): Work<DataSetStanding> {
  const row = yield* rowOf<DataSetRow>(
    'SELECT changes, changing_since FROM data_sets WHERE address = @address',
    { address },
  );
  return row === undefined
    ? UNCHANGED
    : { changes: row.changes, changingSince: row.changing_since ?? undefined };
}

/** @param since epoch milliseconds; null: it has ended */
export function* changeDataSet(address: string, since: number | null): Work<void> {
  yield* change(
    `INSERT INTO data_sets (address, changes, changing_since) VALUES (@address, 1, @since)
     ON CONFLICT (address) DO UPDATE SET changes = data_sets.changes + 1, changing_since = excluded.changing_since`,
    { address, since },
  );
}
