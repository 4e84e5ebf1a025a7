import type { HostCompany } from '../write-api/host-company.ts';
import { type Ask, milliseconds } from './database.ts';

const TABLE = 'pp_db_collector.write_hosts';
const LATER = "clock_timestamp() + $2 * interval '1 millisecond'";

/** What all replicas know of a write host. @param host its address */
export function writeHostCompany(ask: Ask, host: string): HostCompany {
  return {
    async look() {
      const { rows } = await ask(
        `SELECT failures, reason, ${milliseconds('clock_timestamp() - since')} AS elapsed FROM ${TABLE} WHERE host = $1`,
        [host],
      );
      return rows[0] as Awaited<ReturnType<HostCompany['look']>>;
    },
    async tellDown(failures, reason, pause) {
      await ask(
        `INSERT INTO ${TABLE} (host, since, failures, reason, next_try)
         VALUES ($1, clock_timestamp(), $3, $4, ${LATER}) ON CONFLICT (host) DO NOTHING`,
        [host, pause, failures, reason],
      );
    },
    async tellUp() {
      await ask(`DELETE FROM ${TABLE} WHERE host = $1`, [host]);
    },
    async takeTurn(pause) {
      const taken = await ask(
        `UPDATE ${TABLE} SET next_try = ${LATER} WHERE host = $1 AND next_try <= clock_timestamp() RETURNING host`,
        [host, pause],
      );
      if (taken.rows.length > 0) return 'mine';
      const { rows } = await ask(
        `SELECT greatest(0, ${milliseconds('next_try - clock_timestamp()')}) AS wait FROM ${TABLE} WHERE host = $1`,
        [host],
      );
      const [row] = rows as readonly { readonly wait: number }[];
      return row === undefined ? 'up' : row.wait;
    },
  };
}
