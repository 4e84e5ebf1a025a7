import type { Numbers } from '../numbers.ts';
import { change, rowOf } from '../work.ts';

export const SQLITE_NUMBERS: Numbers = {
  *lastOf(table) {
    const row = yield* rowOf<{ readonly seq: number }>(
      'SELECT seq FROM sqlite_sequence WHERE name = @table',
      { table },
    );
    return row?.seq ?? 0;
  },
  *goOnAfter(table, last) {
    yield* change('DELETE FROM sqlite_sequence WHERE name = @table', { table });
    yield* change('INSERT INTO sqlite_sequence (name, seq) VALUES (@table, @last)', { table, last });
  },
};
