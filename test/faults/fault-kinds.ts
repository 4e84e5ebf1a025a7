import type { Mode } from '../../src/model/mode.ts';

/**
 * Everything that is done to a run on purpose. Each kind is counted when it was seen to happen, not when it was
 * planned.
 */

/** What the collector reads; `pgbouncer` is PostgreSQL by way of PgBouncer in transaction mode. */
export const DATABASES = ['pg', 'pgbouncer', 'mariadb', 'mysql', 'better-sqlite3'] as const;
export type Database = (typeof DATABASES)[number];

/** The drivers by knex's names. */
export const CLIENTS = {
  pg: 'pg',
  pgbouncer: 'pg',
  mariadb: 'mysql2',
  mysql: 'mysql2',
  'better-sqlite3': 'better-sqlite3',
} as const satisfies Readonly<Record<Database, string>>;

/** What the write host does to one request, or from one request on for a while. */
export const WRITE_FAULTS = [
  'connections refused',
  'cut before the body',
  'cut within the body',
  'cut after the body',
  'cut after storing',
  'late request',
  'late answer',
  'no answer',
  'garbage in a 200',
  'garbage stored in a 200',
  'broken status line',
  'half an answer',
  '500, nothing stored',
  '500, some stored',
  '500, all stored',
  '413 above a size',
  '401 for a while',
  '503 with Retry-After',
  'redirect',
  'closed after each answer',
  '400 for some records',
  'write API killed before storing',
  'write API killed after storing',
] as const;
export type WriteFault = (typeof WRITE_FAULTS)[number];

const SERVER_FAULTS = [
  'database server killed',
  'database sessions terminated',
  'database connection cut',
  'database connection frozen',
  'database connection slow',
  'database connection refused',
] as const;
const FILE_FAULTS = ['database reader killed', 'database file gone'] as const;

export type DatabaseFault = (typeof SERVER_FAULTS)[number] | (typeof FILE_FAULTS)[number];

export const databaseFaults = (database: Database): readonly DatabaseFault[] =>
  database === 'better-sqlite3' ? FILE_FAULTS : SERVER_FAULTS;

/** Where a kill -9 of the collector is aimed at. Where it hit is told from what the proxies saw last. */
export const KILL_AIMS = [
  'starting',
  'connecting',
  'reading',
  'sending',
  'storing',
  'acknowledging',
  'any time',
] as const;
export type KillAim = (typeof KILL_AIMS)[number];

export const KILL_PHASES = [
  'starting',
  'connecting',
  'reading',
  'sending',
  'storing',
  'acknowledging',
  'between requests',
] as const;
export type KillPhase = (typeof KILL_PHASES)[number];
export type Kill = `killed while ${KillPhase}`;

/** What rows do meanwhile. */
export const ROW_EVENTS = {
  window: ['late rows', 'corrected rows', 'rows of a period that is not over'],
  cursor: ['rows of slow transactions', 'rows of equal cursor values', 'touched rows'],
  snapshot: ['changed gauges'],
} as const satisfies Record<Mode, readonly string[]>;
export type RowEvent = (typeof ROW_EVENTS)[Mode][number];

/** Rows that are never delivered, and what becomes of some of them. */
export const BAD_ROWS = ['refused', 'no record', 'answered 500', 'answered 413'] as const;
export type BadRow = (typeof BAD_ROWS)[number];

/** How the clock of the machine misleads a run, and whether it is put right while the run goes on. */
export const CLOCK_FAULTS = [
  'clock ahead',
  'clock behind',
  'clock ahead, then right',
  'clock behind, then right',
  'clock right, then ahead',
  'clock right, then behind',
] as const;
export type ClockFault = (typeof CLOCK_FAULTS)[number];

/** What else happens to runs. */
export const RUN_EVENTS = [
  'stopped by SIGTERM',
  'rival run turned away',
  'log disk full',
  'dead letters replayed',
  'changed after it was refused',
] as const;

/** Of the newest days, as when it goes back to a backup: a window job has to notice. */
export const LOST_RECORDS = 'data set lost records';

/** What a SQLite file may be: one of another user's application, which must be able to go on with it. */
export const FOREIGN_FILE = 'file of another user read';

/** Not done on purpose, but it happens. */
export const POOLER_DIED = 'database pooler died';
export type RunEvent =
  | (typeof RUN_EVENTS)[number]
  | typeof FOREIGN_FILE
  | typeof POOLER_DIED
  | typeof LOST_RECORDS;

export type Happening =
  | RunEvent
  | WriteFault
  | DatabaseFault
  | ClockFault
  | Kill
  | RowEvent
  | `bad row: ${BadRow}`
  | 'bad row cured';

/** A database that has no connections to see cannot be seen connecting. */
export function killPhases(database: Database): readonly KillPhase[] {
  return database === 'better-sqlite3' ? KILL_PHASES.filter((phase) => phase !== 'connecting') : KILL_PHASES;
}
