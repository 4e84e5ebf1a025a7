import type { Job } from '../config/config.ts';
import type { Recovery } from '../daemon/histories.ts';
import type { StoredDeadLetter } from '../model/dead-letter.ts';
import type { JobFigures, JobRecords } from '../model/figures.ts';
import type { Lateness } from '../model/lateness.ts';
import type { PendingSnapshot } from '../model/pending.ts';
import type { Progress, Span } from '../model/progress.ts';
import type { RunningRun, RunResult } from '../model/run.ts';
import type { RememberedVerification } from '../model/verification.ts';

/** Why no runs are started. */
export interface NotReady {
  /** As a clause. */
  readonly reason: string;
  /** Whether it is only starting or stopping. */
  readonly isBrief: boolean;
}

/** What the status pages, the JSON API and the probes see of the daemon. Times are epoch milliseconds. */
export interface DaemonView {
  readonly version: string;
  readonly startedAt: number;
  /** Those who run the same jobs, this one included, in the order of their starts; none where nothing is shared. */
  replicas(): readonly ReplicaView[];
  now(): number;
  /** Whose clock the pages show. */
  zone(): PageZone;
  /** Why the daemon starts no runs; undefined: it does. */
  notReadyBecause(): NotReady | undefined;
  /** Throws, saying why, when the process cannot do its work: the state does not answer. */
  checkHealth(): Promise<void>;
  /** Whether a server keeps the state: when that is away, a restart of this process mends nothing. */
  hasStateServer(): boolean;
  /** Since when requests to the write API are held back because too many failed in a row; undefined: they are not. */
  writeApiDownSince(): number | undefined;
  /** The last reload: undefined when there was none. */
  lastReload(): { readonly at: number; readonly problems: readonly string[] } | undefined;
  /** For a spark line: the newest 30, newest first. Asked for those that are shown. */
  recentRuns(name: string): Promise<readonly RunResult[]>;
  /** How many records have arrived of some jobs, by their names; the newest periods. Asked for those that are shown. */
  recentRecords(names: readonly string[]): Promise<ReadonlyMap<string, JobRecords>>;
  /** In the order of their names; those whose files are wrong are among them. */
  jobs(): Promise<readonly JobView[]>;
  job(name: string): Promise<JobDetail | undefined>;
  /** Newest first. */
  runs(name: string, limit: number): Promise<readonly RunResult[]>;
  /** Queues a run outside the schedule. */
  runNow(name: string): Promise<'queued' | 'already-running' | 'unknown'>;
}

/** One of the processes that run the same jobs. */
export interface ReplicaView {
  /** Such as `process 4711 on host reporting-1`. */
  readonly holder: string;
  readonly startedAt: number;
  readonly seenAt: number;
  /** Whether it was seen lately. */
  readonly isAlive: boolean;
  /** Whether it is the one that is asked. */
  readonly isThis: boolean;
  /** Whether it has the configuration of the one that is asked. */
  readonly hasSameConfiguration: boolean;
  /** Since when its configuration is in force. */
  readonly configurationSince: number;
}

/** A time zone. */
export interface PageZone {
  /** An IANA name. */
  readonly zone: string;
  /** What pages call it. */
  readonly zoneName: string;
}

/** A job at a glance. */
export interface JobView {
  readonly name: string;
  /** Undefined when its file is wrong. */
  readonly job: Job | undefined;
  /** The address of the page that shows its data set; undefined: nobody has told. */
  readonly dashboard: string | undefined;
  /** What is wrong with its file, as `check` tells it. */
  readonly problems: readonly string[];
  readonly scheduleInWords: string | undefined;
  readonly nextRun: number | undefined;
  /** The run that goes on, also when another process runs the job. */
  readonly running: RunningRun | undefined;
  /** Who runs it, such as `process 4711 on host reporting-1`, where several might; undefined: nobody, or nobody else can. */
  readonly runBy: string | undefined;
  /** Due, but others go first. */
  readonly waitingSince: number | undefined;
  readonly ticksSkipped: number;
  readonly progress: Progress | undefined;
  /** Of window jobs that have collected something. Asked for those that are shown. */
  due(): DuePeriods | undefined;
  /** The newest run that ended. */
  readonly lastRun: RunResult | undefined;
  /** When the newest run ended that brought what it could. */
  readonly lastSuccessAt: number | undefined;
  /** Since when the side that its last failure names has not answered its runs; undefined: it has. */
  readonly unansweredSince: number | undefined;
  /** When a side last answered again that had not answered its runs before. */
  readonly recovery: Recovery | undefined;
  readonly deadLetters: number;
  readonly pendingRecords: number;
  /** What came of comparing its data set with the source the last time; undefined: nobody has. */
  readonly verification: RememberedVerification | undefined;
  /** When that is due next by its schedule; undefined: it has none. */
  readonly nextVerification: number | undefined;
  /** The job did not succeed for two of its intervals. */
  readonly isStale: boolean;
}

export interface DuePeriods {
  /** When the first period that is not collected is, or was, due; undefined: never, by the schedule. */
  readonly nextAt: number | undefined;
  /** Milliseconds of periods that are due and not collected. */
  readonly behind: number;
}

export interface JobDetail extends JobView {
  readonly letters: readonly StoredDeadLetter[];
  readonly pending: readonly PendingSnapshot[];
  /** Only of window jobs. */
  readonly collected: { readonly spans: readonly Span[]; readonly gaps: readonly Span[] } | undefined;
  /** What has arrived; undefined: nothing is known. */
  readonly figures: JobFigures | undefined;
  /** How late its records come; undefined: nothing is known, as of jobs without windows. */
  readonly lateness: Lateness | undefined;
  /** The last periods, newest last, for the calendar strip; only of window jobs. */
  readonly periods: readonly PeriodView[];
}

export interface PeriodView {
  /** Local date of the job's zone on which it begins, or date and hour. */
  readonly label: string;
  readonly from: number;
  readonly to: number;
  /**
   * `due`: over, and to be collected by a run that is still to come; `owed`: that run should have; `gap`: no run collects
   * it by itself; `before`: nobody has asked for it, as the job's first run began behind it.
   */
  readonly state: 'collected' | 'owed' | 'due' | 'gap' | 'before' | 'not-over';
  /** When a period that is due is to be collected. */
  readonly dueAt?: number;
}
