/** One statement's way to the database. Rows are objects by the names of their columns. */
export type Ask = (
  text: string,
  values?: readonly unknown[],
) => Promise<{ readonly rows: readonly unknown[] }>;

/**
 * SQL for a time as epoch milliseconds, or for an interval as milliseconds: whole ones, because extra_float_digits may
 * leave little of others.
 */
export const milliseconds = (time: string): string => `(extract(epoch FROM ${time}) * 1000)::bigint`;

/** What the replicas need of the database that holds the state. */
export interface SharedDatabase {
  readonly ask: Ask;
  /** Begins a transaction, commits it when the work is done and takes it back when that throws. */
  transaction<Result>(work: (ask: Ask) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** A number that nobody else uses for advisory locks: "who takes what out of the queue, one after the other". */
const CLAIMING = 0x70706372;

/** Keeps all other replicas from taking runs until the transaction ends. */
export async function lockQueue(ask: Ask): Promise<void> {
  await ask('SELECT pg_advisory_xact_lock($1)', [CLAIMING]);
}
