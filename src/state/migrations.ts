/**
 * The schema of the state, version by version: entry n leads from version n to n + 1. Entries are never changed once released,
 * only added.
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
];
