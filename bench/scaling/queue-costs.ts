/** What one piece of the queue's work costs. */
export interface Cost {
  /** Milliseconds of the replica's processor and of the statements, without the ways between the two. */
  readonly lasts: number;
  /** Milliseconds in the statements, as `pg_stat_statements` counts them. */
  readonly database: number;
}

/** The same work while so many runs are due. */
export interface CostAtBacklog extends Cost {
  readonly due: number;
}

/** What the queue costs a real PostgreSQL. */
export interface QueueCosts {
  /** Where it was measured, for people. */
  readonly measuredOn: string;
  /** Rows that were in the table beside those that were due: runs that are over. */
  readonly kept: number;
  /** A look whether a run is due. */
  readonly look: readonly CostAtBacklog[];
  /** A claim that finds no room for any run. */
  readonly claimNothing: readonly CostAtBacklog[];
  /** A claim of `claimed` runs. */
  readonly claimSome: readonly CostAtBacklog[];
  readonly claimed: number;
  /** A run that is put into the queue, of a thousand in one statement. */
  readonly add: Cost;
  /** One that another replica has put there already. */
  readonly addKnown: Cost;
  /** To say that a run is over, one run a time. */
  readonly complete: Cost;
  /** A sign of life of a replica that runs `claimed` runs. */
  readonly greet: Cost;
  /** How the table of the queue grows, its indexes included; bytes. */
  readonly bytes: {
    /** For each run that has been put in, taken out and completed, without vacuum. */
    readonly perRun: number;
    /** For each run that is over, after VACUUM FULL. */
    readonly perRunPacked: number;
  };
  /** VACUUM and ANALYZE of the table after that, milliseconds, and the dead rows that it removed. */
  readonly vacuum: { readonly lasts: number; readonly deadRows: number };
}

/** Between what was measured, along a straight line; beyond it, along the last one. */
export function costAt(measured: readonly CostAtBacklog[], due: number): Cost {
  const upperIndex = measured.findIndex((each) => each.due >= due);
  const index = Math.max(1, upperIndex === -1 ? measured.length - 1 : upperIndex);
  const [lower, upper] = [measured[index - 1], measured[index]];
  if (lower === undefined || upper === undefined) throw new Error('a cost needs two backlogs');
  const share = (due - lower.due) / (upper.due - lower.due);
  const between = (one: number, other: number) => Math.max(0, one + share * (other - one));
  return {
    lasts: between(lower.lasts, upper.lasts),
    database: between(lower.database, upper.database),
  };
}
