import type { Job } from '../config/config.ts';
import type { Progress } from '../model/progress.ts';
import type { Source } from '../model/source.ts';
import type { State } from '../model/state.ts';
import type { Target } from '../model/target.ts';
import type { BatchLimits } from '../records/batches.ts';
import type { LocalTime } from '../records/date-times.ts';
import type { RunSignals } from './run-signals.ts';
import type { RunSoFar } from './run-so-far.ts';

/** Where the rows of a job come from and where its records go. */
export interface Route {
  readonly source: Source;
  /** Zone of the database's timestamps. */
  readonly localTime: LocalTime;
  readonly target: Target;
  readonly limits: BatchLimits & { readonly requests_in_flight: number };
}

/** What the parts of a run that collects share. */
export interface RunContext<Of extends Job = Job> {
  readonly job: Of;
  readonly route: Route;
  readonly state: State;
  readonly run: RunSoFar;
  readonly signals: RunSignals;
  /** As it was when the run began. */
  readonly progress: Progress | undefined;
  /** What determines the ids of the job's records now. */
  readonly fingerprint: string;
}
