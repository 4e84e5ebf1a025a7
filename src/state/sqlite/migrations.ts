import type Database from 'better-sqlite3';
import { StateError } from '../state-error.ts';

/** Marks a SQLite file as ours ("ppdb"). */
export const APPLICATION_ID = 0x70706462;

/**
 * The schema of the state, version by version: entry n leads from version n to n + 1. Entries are never changed once
 * released, only added.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE progress (
     job text PRIMARY KEY,
     collected_to integer NOT NULL -- epoch milliseconds
   ) STRICT;
   CREATE TABLE runs (
     id integer PRIMARY KEY,
     job text NOT NULL,
     started_at integer NOT NULL, -- epoch milliseconds
     ended_at integer,
     outcome text,
     window_from integer,
     window_to integer,
     rows integer NOT NULL DEFAULT 0,
     records integer NOT NULL DEFAULT 0,
     requests integer NOT NULL DEFAULT 0,
     bytes_sent integer NOT NULL DEFAULT 0,
     failed_side text,
     message text,
     remedy text
   ) STRICT;
   CREATE INDEX runs_of_job ON runs (job, started_at);`,

  `CREATE TABLE progress_of_any_mode (
     job text PRIMARY KEY,
     collected_to integer, -- epoch milliseconds
     cursor text, -- JSON
     fingerprint text -- JSON
   ) STRICT;
   INSERT INTO progress_of_any_mode (job, collected_to) SELECT job, collected_to FROM progress;
   DROP TABLE progress;
   ALTER TABLE progress_of_any_mode RENAME TO progress;

   ALTER TABLE runs ADD COLUMN dead_letters integer NOT NULL DEFAULT 0;
   CREATE INDEX runs_by_start ON runs (started_at);
   CREATE INDEX runs_unfinished ON runs (job) WHERE ended_at IS NULL;

   CREATE TABLE backfills (
     job text NOT NULL,
     span_from integer NOT NULL,
     span_to integer NOT NULL,
     acknowledged_to integer NOT NULL,
     PRIMARY KEY (job, span_from, span_to)
   ) STRICT;

   CREATE TABLE dead_letters (
     id integer PRIMARY KEY AUTOINCREMENT, -- a number that a person notes never means another letter
     job text NOT NULL,
     key text NOT NULL,
     run integer NOT NULL,
     first_seen integer NOT NULL,
     last_seen integer NOT NULL,
     cause text NOT NULL,
     reason text NOT NULL,
     remedy text NOT NULL,
     window_from integer,
     window_to integer,
     content text NOT NULL, -- JSON
     UNIQUE (job, key)
   ) STRICT;

   CREATE TABLE pending_snapshots (
     id integer PRIMARY KEY AUTOINCREMENT,
     job text NOT NULL,
     taken_at integer NOT NULL,
     sealed integer NOT NULL DEFAULT 0,
     must_empty integer NOT NULL DEFAULT 0
   ) STRICT;
   CREATE INDEX pending_of_job ON pending_snapshots (job, taken_at);
   CREATE TABLE pending_batches (
     id integer PRIMARY KEY AUTOINCREMENT,
     snapshot integer NOT NULL REFERENCES pending_snapshots (id) ON DELETE CASCADE,
     records integer NOT NULL,
     ends text NOT NULL, -- JSON
     bytes blob NOT NULL -- last, so that nobody reads it who only counts
   ) STRICT;
   CREATE INDEX batches_of_snapshot ON pending_batches (snapshot, id, records);

   CREATE TABLE leases (
     job text PRIMARY KEY,
     instance text NOT NULL, -- which of the holder's openings of the state
     holder text NOT NULL, -- for people
     host text NOT NULL,
     pid integer NOT NULL CHECK (pid > 0),
     process_start text,
     since integer NOT NULL,
     renewed_at integer NOT NULL,
     expires_at integer NOT NULL
   ) STRICT;`,

  `ALTER TABLE dead_letters ADD COLUMN read_run integer NOT NULL DEFAULT 0; -- of two versions the later read is the newer
   ALTER TABLE dead_letters ADD COLUMN read_row integer NOT NULL DEFAULT 0;
   UPDATE dead_letters SET read_run = run;
   ALTER TABLE dead_letters ADD COLUMN overtaken_by integer; -- the run that sent a newer version
   ALTER TABLE pending_snapshots ADD COLUMN run integer NOT NULL DEFAULT 0; -- that read it
   ALTER TABLE pending_snapshots ADD COLUMN failure text; -- why it is not delivered
   ALTER TABLE pending_snapshots ADD COLUMN rules text; -- JSON: what the records were made by
   UPDATE pending_snapshots SET rules =
     (SELECT json_object('ids', json(fingerprint)) FROM progress
      WHERE progress.job = pending_snapshots.job AND fingerprint IS NOT NULL);
   ALTER TABLE pending_snapshots ADD COLUMN stamp text; -- snapshots with different ones share no record
   UPDATE pending_snapshots SET run = coalesce(
     (SELECT max(id) FROM runs WHERE runs.job = pending_snapshots.job AND started_at = taken_at), 0);`,

  `ALTER TABLE runs ADD COLUMN work_unit text; -- what the work of a run that goes on is counted in
   ALTER TABLE runs ADD COLUMN work_done integer;
   ALTER TABLE runs ADD COLUMN work_owed integer; -- in all
   ALTER TABLE runs ADD COLUMN work_since integer; -- epoch milliseconds`,

  `CREATE TABLE collected ( -- what is acknowledged of the time of window jobs: spans that do not touch
     job text NOT NULL,
     span_from integer NOT NULL,
     span_to integer NOT NULL,
     PRIMARY KEY (job, span_from)
   ) STRICT, WITHOUT ROWID;
   -- What is still known of the spans before: those of runs and of what was asked for, which overlap.
   WITH known AS (
     SELECT job, window_from AS span_from, min(window_to, ended_at) AS span_to FROM runs
     UNION ALL SELECT job, span_from, acknowledged_to FROM backfills
   ), beginnings AS (
     SELECT job, span_from, span_to, span_from > coalesce(max(span_to) OVER (
       PARTITION BY job ORDER BY span_from, span_to ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
     ), span_from - 1) AS begins FROM known WHERE span_from < span_to
   ), numbered AS (
     SELECT job, span_from, span_to, sum(begins) OVER (
       PARTITION BY job ORDER BY span_from, span_to ROWS UNBOUNDED PRECEDING
     ) AS number FROM beginnings
   )
   INSERT INTO collected SELECT job, min(span_from), max(span_to) FROM numbered GROUP BY job, number;
   -- The runs of others are forgotten: of them it is believed that nothing was left out.
   INSERT INTO collected SELECT job, 0, collected_to FROM progress
     WHERE collected_to > 0 AND job NOT IN (SELECT job FROM collected);`,

  'ALTER TABLE runs ADD COLUMN unanswered_since integer; -- when the failure is that nobody answered',

  `CREATE TABLE figures ( -- what has arrived
     job text NOT NULL,
     period integer NOT NULL, -- its start, as the calendar counts it
     length text NOT NULL, -- the same of all periods of a job
     records integer NOT NULL,
     sums text NOT NULL, -- JSON: decimals as texts, by field
     snapshot integer, -- that they are of
     PRIMARY KEY (job, period)
   ) STRICT, WITHOUT ROWID;`,

  `CREATE TABLE sent_rules ( -- by what it counts that a record was sent
     job text PRIMARY KEY,
     rules text NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE sent ( -- what was acknowledged
     job text NOT NULL,
     period integer NOT NULL, -- its start, as the calendar counts it
     entries blob NOT NULL, -- 16 bytes for each record: of its id, and of its content
     PRIMARY KEY (job, period)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE sent_doubts ( -- what was sent since, and may be there
     job text NOT NULL,
     period integer NOT NULL,
     number integer NOT NULL, -- of the doubts about a period
     ids blob, -- 8 bytes for each record; null: any
     PRIMARY KEY (job, period, number)
   ) STRICT, WITHOUT ROWID;`,

  `CREATE TABLE lateness ( -- how late records came
     job text PRIMARY KEY,
     content text NOT NULL -- JSON
   ) STRICT, WITHOUT ROWID;`,

  `ALTER TABLE runs ADD COLUMN unchanged integer NOT NULL DEFAULT 0; -- not sent, because the data set has them
   ALTER TABLE runs ADD COLUMN vanished integer NOT NULL DEFAULT 0; -- sent earlier, and in the source no more`,

  `CREATE TABLE rows_behind ( -- rows that appeared behind the position of cursor jobs
     job text PRIMARY KEY,
     content text NOT NULL -- JSON
   ) STRICT, WITHOUT ROWID;`,

  `CREATE TABLE verifications ( -- what came of comparing data sets with their sources
     job text NOT NULL,
     started_at integer NOT NULL,
     content text NOT NULL, -- JSON
     PRIMARY KEY (job, started_at)
   ) STRICT, WITHOUT ROWID;`,

  `CREATE TABLE data_sets ( -- that were emptied, or written to by no job
     address text PRIMARY KEY,
     changes integer NOT NULL, -- counted at the begin and at the end of each
     changing_since integer -- epoch milliseconds, of the last one until it ends
   ) STRICT, WITHOUT ROWID;`,
];

/**
 * Brings a state to the newest version, or throws a StateError when it is newer than that. All steps are one
 * transaction: a process that is killed here leaves the version that it found.
 */
export function migrate(database: Database.Database, file: string, migrations = MIGRATIONS): void {
  if (versionOf(database) === migrations.length) return;
  const apply = database.transaction(() => {
    // Read again: another process may have migrated it while this one waited for the lock.
    const version = versionOf(database);
    if (version > migrations.length) throw newer(file, version, migrations.length);
    for (const migration of migrations.slice(version)) database.exec(migration);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${migrations.length}`);
  });
  apply.immediate();
}

const versionOf = (database: Database.Database) => Number(database.pragma('user_version', { simple: true }));

function newer(file: string, version: number, known: number): StateError {
  return new StateError(
    `the state file ${file} was written by a newer pp-db-collector (version ${version} of the state, this one ` +
      `knows ${known})`,
    'Run the newer pp-db-collector, or put back a copy of the file from before the update.',
  );
}
