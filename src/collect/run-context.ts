import type { Job } from '../config/config.ts';
import type { Progress, Span } from '../model/progress.ts';
import type { Source } from '../model/source.ts';
import type { State } from '../model/state.ts';
import type { Target } from '../model/target.ts';
import type { BatchLimits } from '../records/batches.ts';
import type { Clock } from '../records/date-times.ts';
import type { RunSoFar } from './run-so-far.ts';

/** Where the rows of a job come from and where its records go. */
export interface Route {
  readonly source: Source;
  /** Zone of the database's timestamps. */
  readonly clock: Clock;
  readonly target: Target;
  readonly limits: BatchLimits & { readonly requests_in_flight: number };
}

/** What somebody asked to collect instead of what is owed. */
export interface RequestedSpan extends Span {
  /** Whether to go on where an interrupted run of the same span was. */
  readonly resume: boolean;
}

/** Everything that the parts of one run share. */
export interface RunContext<Of extends Job = Job> {
  readonly job: Of;
  readonly route: Route;
  readonly state: State;
  readonly run: RunSoFar;
  /** As it was when the run began. */
  readonly progress: Progress | undefined;
  /** What determines the ids of the job's records now. */
  readonly fingerprint: string;
  readonly span: RequestedSpan | undefined;
  /** Epoch milliseconds; undefined when the run stands for no tick of the schedule. */
  readonly tick: number | undefined;
  /** For snapshot jobs: no new snapshot is taken. */
  readonly onlyPending: boolean;
  /** Epoch milliseconds: what is kept for a time has been kept until then at least, whatever was done to the clock. */
  readonly agedUntil: number;
}
