import type { Numbers } from '../numbers.ts';
import { change, rowOf } from '../work.ts';

/** Of runs that are forgotten, too, as far as something is still there that they read. */
const LAST_RUN = `(SELECT coalesce(max(known), 0) FROM (
  SELECT max(id) AS known FROM runs UNION ALL SELECT max(read_run) FROM dead_letters
  UNION ALL SELECT max(run) FROM pending_snapshots))`;

export const SQLITE_NUMBERS: Numbers = {
  ofNewRun: `1 + ${LAST_RUN}`,
  *lastOf(table) {
    if (table === 'runs')
      return (yield* rowOf<{ readonly last: number }>(`SELECT ${LAST_RUN} AS last`))?.last ?? 0;
    const row = yield* rowOf<{ readonly seq: number }>(
      'SELECT seq FROM sqlite_sequence WHERE name = @table',
      { table },
    );
    return row?.seq ?? 0;
  },
  *goOnAfter(table, last) {
    if (table === 'runs') return;
    yield* change('DELETE FROM sqlite_sequence WHERE name = @table', { table });
    yield* change('INSERT INTO sqlite_sequence (name, seq) VALUES (@table, @last)', { table, last });
  },
};
