import type { Numbers } from '../numbers.ts';
import { rowOf } from '../work.ts';

export const POSTGRESQL_NUMBERS: Numbers = {
  ofNewRun: 'DEFAULT',
  *lastOf(table) {
    const row = yield* rowOf<{ readonly last: number }>(
      `SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS last FROM ${table}_id_seq`,
    );
    return row?.last ?? 0;
  },
  *goOnAfter(table, last) {
    yield* rowOf(`SELECT setval('${table}_id_seq', @last::bigint + 1, false)`, { last });
  },
};
