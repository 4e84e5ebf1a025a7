import type { JobFigures, JobRecords } from './figures.ts';
import type { Lateness } from './lateness.ts';
import type { Progress, Span, Step } from './progress.ts';
import type { RowsBehind } from './rows-behind.ts';
import type { RunningRun, RunResult } from './run.ts';

export interface RunMemory {
  progressOf(job: string): Promise<Progress | undefined>;
  /**
   * Sets the progress of a job as a person asks for it; undefined: as if it had never run. What is later than a
   * `collectedTo` that goes backwards counts as collected no more, and with `elsewhere`, when records go to another
   * data set from now on, nothing does. Figures go with it, and all of them with a cursor that moves: nobody knows what
   * is collected again. What was sent is forgotten when it goes backwards, and with `elsewhere`; what is known of rows
   * behind the position with a cursor that moves.
   */
  setProgress(
    job: string,
    progress: Progress | undefined,
    change?: { readonly elsewhere?: boolean },
  ): Promise<void>;
  /** What is acknowledged of a window job's time: spans that do not touch, in their order. */
  collectedOf(job: string): Promise<readonly Span[]>;
  /** What has arrived, of the newest periods; undefined: nothing is known. */
  figuresOf(job: string): Promise<JobFigures | undefined>;
  /** How late records of a window job came, since it was reset; undefined: nothing is known. */
  latenessOf(job: string): Promise<Lateness | undefined>;
  /** What is known of rows that appear behind the position of a cursor job; undefined: nothing. */
  rowsBehindOf(job: string): Promise<RowsBehind | undefined>;
  /**
   * How many records have arrived of several jobs, by their names, in one query.
   *
   * @param until the last period that counts, for all of them
   * @param most periods of a job: the newest
   */
  recentRecords(
    jobs: readonly string[],
    until: number,
    most: number,
  ): Promise<ReadonlyMap<string, JobRecords>>;
  /** Up to where the span is acknowledged; undefined: it was never begun. */
  backfillOf(job: string, span: Span): Promise<number | undefined>;
  /**
   * Notes that a run began; gives its number, which is higher than that of anything remembered. What a run that was cut
   * off had begun to store is gone.
   */
  beginRun(job: string, startedAt: number): Promise<number>;
  /** The job's lease must be held. */
  acknowledged(job: string, run: number, step: Step): Promise<void>;
  /** Notes how far a run is, for those who look at it meanwhile. */
  noteRun(run: number, soFar: Pick<Step, 'counts' | 'work'>): Promise<void>;
  endRun(run: number, result: RunResult): Promise<void>;
  /** The runs that go on, by job: whoever runs them, lives. */
  running(): Promise<ReadonlyMap<string, RunningRun>>;
  /** Runs that ended, newest first. */
  runs(filter: RunFilter): Promise<readonly RunResult[]>;
  /** What came of some jobs' runs. */
  histories(jobs: readonly string[]): Promise<ReadonlyMap<string, JobHistory>>;
  /** When runs began later than a time, epoch milliseconds in order, by job; jobs without any are left out. */
  startsAfter(time: number): Promise<ReadonlyMap<string, readonly number[]>>;
  /** How all jobs stand of which anything is remembered. */
  standings(): Promise<ReadonlyMap<string, JobStanding>>;
}

export interface JobHistory {
  /** The newest that ended. */
  readonly lastRun: RunResult | undefined;
  /**
   * When the newest run ended that brought what it could; one that began later than now, by a wrong clock, is
   * passed over.
   */
  readonly lastSuccessAt: number | undefined;
  /** When the newest run began that has no end: it goes on, or was cut off. */
  readonly unfinishedSince: number | undefined;
  /** Since when nobody has answered its runs, the newest included; undefined: the newest failed of something else, or not. */
  readonly unansweredSince: number | undefined;
}

export interface JobStanding {
  readonly progress: Progress | undefined;
  readonly deadLetters: number;
  readonly pendingRecords: number;
  /** The run that goes on, whoever runs it. */
  readonly running?: RunningRun | undefined;
}

export interface RunFilter {
  readonly job?: string | undefined;
  readonly failedOnly?: boolean;
  readonly limit: number;
}
