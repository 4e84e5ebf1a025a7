import type { Complete, Job } from '../config/config.ts';
import type { DataSetReader } from '../model/data-set-reader.ts';
import type { Progress } from '../model/progress.ts';
import type { Source } from '../model/source.ts';
import type { State } from '../model/state.ts';
import type { Target } from '../model/target.ts';
import type { BatchLimits } from '../records/batches.ts';
import type { LocalTime } from '../records/date-times.ts';
import { RunTimeoutError } from './failures.ts';
import type { RunSoFar } from './run-so-far.ts';

/** What ends a run before its time. */
export interface RunSignals {
  /** Nothing new is read; the query is cancelled on the server, and deliveries wait for nothing any more. */
  readonly read: AbortSignal;
  /** Requests on their way are given up; aborted later than `read`, so that they may be answered. */
  readonly deliver: AbortSignal;
}

/** Stops a run by the caller's signal, or when it has taken too long. */
export class Stops implements RunSignals {
  readonly read: AbortSignal;
  readonly deliver: AbortSignal;
  readonly #timeout: NodeJS.Timeout | undefined;
  readonly #stop: () => void;
  #grace: NodeJS.Timeout | undefined;

  /**
   * @param milliseconds that the run may take; undefined: any time
   * @param grace milliseconds from the end of reading to the end of delivering
   */
  constructor(milliseconds: number | undefined, grace: number, signal: AbortSignal) {
    const [timeout, deliver] = [new AbortController(), new AbortController()];
    if (milliseconds !== undefined) {
      this.#timeout = setTimeout(() => timeout.abort(new RunTimeoutError(milliseconds)), milliseconds);
    }
    this.read = AbortSignal.any([signal, timeout.signal]);
    this.deliver = deliver.signal;
    this.#stop = () => {
      this.#grace = setTimeout(() => deliver.abort(this.read.reason), grace);
    };
    if (this.read.aborted) this.#stop();
    else this.read.addEventListener('abort', this.#stop, { once: true });
  }

  /** After the end of the run nothing of it is left to be stopped. */
  clear(): void {
    this.read.removeEventListener('abort', this.#stop);
    clearTimeout(this.#timeout);
    clearTimeout(this.#grace);
  }
}

/** Where the rows of a job come from and where its records go. */
export interface Route {
  readonly source: Source;
  /** Zone of the database's timestamps. */
  readonly localTime: LocalTime;
  readonly target: Target;
  /** What the data set has. */
  readonly reader: DataSetReader;
  readonly limits: BatchLimits & { readonly requests_in_flight: number };
}

/** What the parts of a run that collects share. */
export interface RunContext<Of extends Job = Job> {
  readonly job: Complete<Of>;
  readonly route: Route;
  readonly state: State;
  readonly run: RunSoFar;
  readonly signals: RunSignals;
  /** As it was when the run began. */
  readonly progress: Progress | undefined;
  /** What determines the ids of the job's records now. */
  readonly fingerprint: string;
}

/** Notes now and then how far a run is, for those who look at it; what cannot be noted now is noted later. */
export async function noteSoFar({ run, state }: Pick<RunContext, 'run' | 'state'>): Promise<void> {
  const soFar = run.newlySoFar();
  if (soFar !== undefined) await state.noteRun(run.number, soFar).catch(() => undefined);
}
