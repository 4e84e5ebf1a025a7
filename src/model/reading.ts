/**
 * Where in the order of a job's readings something was read: of two versions of a record the one that was read later is
 * the newer, whatever arrives or is refused first. Runs of a job are numbered upwards.
 */
export interface Reading {
  readonly run: number;
  /** Of all rows of the run, counted from 1; 0 for the records of a stored snapshot. */
  readonly row: number;
}
