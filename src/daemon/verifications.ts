import { MINUTE } from '../calendar/durations.ts';
import { failureOf } from '../collect/failures.ts';
import type { Route } from '../collect/run-context.ts';
import type { Job } from '../config/config.ts';
import type { VerifySettings } from '../config/schema/job-schema.ts';
import type { RunObserver } from '../model/run-event.ts';
import { Slots } from '../model/slots.ts';
import type { State } from '../model/state.ts';
import type { RememberedVerification } from '../model/verification.ts';
import type { ScheduledOutcome } from '../schedule/scheduler-interface.ts';
import { whileNobodyRuns } from '../verify/alone.ts';
import { NothingToVerifyError, VerificationTimeoutError } from '../verify/failures.ts';
import { remembered } from '../verify/remembered.ts';
import { verifyJob } from '../verify/verify-job.ts';

/** For how long the second look waits for runs of the job that others have begun, milliseconds. */
const PATIENCE = 15 * MINUTE;

export interface VerificationSettings {
  readonly state: State;
  readonly observer: RunObserver;
  readonly now: () => number;
  /** Where there is room for 24 bytes of each record of a job and of its data set. */
  readonly folder: string;
}

/** What a verification works with. */
interface Verifying {
  readonly job: Job;
  readonly settings: Pick<VerifySettings, 'periods' | 'timeout'>;
  /** All of the configuration. */
  readonly jobs: readonly Job[];
  /** Called once; what it throws is the reason why nothing was compared. */
  readonly route: () => Route;
}

/** Compares data sets with their sources by a schedule, beside the runs of their jobs. */
export class Verifications {
  readonly #settings: VerificationSettings;
  #newest: ReadonlyMap<string, RememberedVerification> = new Map();
  /** Whose turn it is, the runs' or the second look's, of the jobs that are verified now. */
  readonly #turns = new Map<string, Slots>();

  constructor(settings: VerificationSettings) {
    this.#settings = settings;
  }

  /** Reads what came of earlier ones. */
  async catchUp(): Promise<void> {
    this.#newest = await this.#settings.state.newestVerifications();
  }

  /** When the newest one of a job began, as it was read; undefined: it was never verified. */
  lastStartOf(job: string): number | undefined {
    return this.#newest.get(job)?.startedAt;
  }

  /** Runs a job, but not while it is looked at a second time: the run would be passed over. */
  async between<Result>(job: string, run: () => Promise<Result>): Promise<Result> {
    return await inTurn(this.#turns.get(job), run);
  }

  /** Never throws: why nothing could be compared is remembered. */
  async verify({ job, settings, jobs, route }: Verifying, signal: AbortSignal): Promise<ScheduledOutcome> {
    const { state, observer, now, folder } = this.#settings;
    const { periods, timeout: milliseconds } = settings;
    const turns = new Slots(1);
    this.#turns.set(job.name, turns);
    const startedAt = now();
    const timeout = new AbortController();
    const either = AbortSignal.any([signal, timeout.signal]);
    const timer = setTimeout(() => timeout.abort(new VerificationTimeoutError(milliseconds)), milliseconds);
    const patiently = whileNobodyRuns(job.name, state, { for: PATIENCE, signal: either });
    const alone = <Result>(work: () => Promise<Result>) => inTurn(turns, () => patiently(work), either);
    try {
      const options = { state, route: route(), now, folder, jobs, part: periods, alone };
      const verification = remembered(await verifyJob(job, options, either));
      await state.rememberVerification(verification);
      observer({ kind: 'verified', verification });
      return 'succeeded';
    } catch (error) {
      if (signal.aborted) return 'interrupted';
      if (error instanceof NothingToVerifyError) return 'succeeded';
      const failure = failureOf(either.aborted ? either.reason : error, now());
      const outcome = { compared: 'nothing', failure } as const;
      const verification = { job: job.name, startedAt, endedAt: now(), outcome };
      observer({ kind: 'verified', verification });
      await state.rememberVerification(verification).catch(() => undefined);
      return 'failed';
    } finally {
      clearTimeout(timer);
      this.#turns.delete(job.name);
    }
  }
}

async function inTurn<Result>(
  turns: Slots | undefined,
  work: () => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const giveBack = await turns?.take(signal);
  try {
    return await work();
  } finally {
    giveBack?.();
  }
}
