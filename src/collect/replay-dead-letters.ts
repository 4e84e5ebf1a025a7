import type { Job } from '../config/config.ts';
import type { Batch } from '../model/batch.ts';
import type { Delivered } from '../model/progress.ts';
import type { DataRecord } from '../model/record.ts';
import type { RunResult } from '../model/run.ts';
import type { RunObserver } from '../model/run-event.ts';
import type { State } from '../model/state.ts';
import type { StoredDeadLetter } from '../model/stored-dead-letter.ts';
import type { Acknowledgement, Target } from '../model/target.ts';
import { Batches, type BatchLimits } from '../records/batches.ts';
import type { Clock } from '../records/date-times.ts';
import { MappingError, NotARecordError } from '../records/not-a-record.ts';
import { letterEncoder } from './dead-letter-record.ts';
import { FingerprintError, failureOf, JobBusyError } from './failures.ts';
import { changesBetween, fingerprintOf } from './fingerprint.ts';
import { suppressing } from './outgoing.ts';
import { WithheldError } from './withheld-error.ts';

export interface ReplayOptions {
  readonly state: State;
  readonly observer: RunObserver;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly target: Target;
  readonly clock: Clock;
  readonly limits: BatchLimits;
  /** Only this dead letter; undefined: all of the job. */
  readonly id?: number | undefined;
}

/** What became of the dead letters that were replayed. */
export interface Replay {
  /** As history shows it. */
  readonly result: RunResult;
  /** Still dead letters, each with its new reason. */
  readonly kept: readonly StoredDeadLetter[];
}

/** So many refused records of one batch are told apart by any target; with more of them it gives up. */
const MOST_IN_BATCH = 5;

/**
 * Sends the dead letters of a job again, as a run of the job without a source. What is acknowledged is removed; what is refused
 * again, or still is no record, stays with the new reason. Throws a Failure when the job is busy, when what determines its ids
 * has changed, or when the target or the state fails: what was acknowledged before is removed all the same.
 */
export async function replayDeadLetters(
  job: Job,
  options: ReplayOptions,
  signal: AbortSignal,
): Promise<Replay> {
  const lease = await options.state.takeLease(job.name);
  if (lease.kind === 'busy') throw new JobBusyError(lease);
  try {
    return await replayRun(job, options, AbortSignal.any([signal, lease.lost]), signal);
  } finally {
    await lease.release();
  }
}

/** @param stop aborted when a person or the system asks to stop: that is no failure */
async function replayRun(
  job: Job,
  options: ReplayOptions,
  signal: AbortSignal,
  stop: AbortSignal,
): Promise<Replay> {
  const { state, observer, now } = options;
  await refuseChangedIds(job, options);
  await refuseBeforeReplacing(job, state);
  const target = suppressing(options.target, job.record);
  const startedAt = now();
  const run = await state.beginRun(job.name, startedAt);
  const replaying = new Replaying(job, run, { ...options, target }, signal);
  observer({ kind: 'run-started', job: job.name, run, windows: undefined });
  const end = async (over: Pick<RunResult, 'outcome' | 'failure'>) => {
    const result = {
      job: job.name,
      startedAt,
      endedAt: now(),
      window: undefined,
      ...replaying.counts,
      ...over,
    };
    await state.endRun(run, result);
    observer({ kind: 'run-ended', run, result });
    return result;
  };
  try {
    const letters = await state.deadLetters({ job: job.name, id: options.id });
    await replaying.replay(letters);
  } catch (error) {
    const failure = stop.aborted ? undefined : failureOf(error);
    await end({ outcome: stop.aborted ? 'interrupted' : 'failed', failure }).catch(() => undefined);
    throw error;
  }
  const { kept } = replaying;
  return {
    result: await end({ outcome: kept.length > 0 ? 'partial' : 'succeeded', failure: undefined }),
    kept,
  };
}

async function refuseChangedIds(job: Job, { state, clock }: ReplayOptions): Promise<void> {
  const before = (await state.progressOf(job.name))?.fingerprint;
  const changes = before === undefined ? [] : changesBetween(before, fingerprintOf(job, clock.zone));
  if (changes.length > 0) throw new FingerprintError(job.name, changes);
}

/** A snapshot that is going to replace the data set would take away what is sent before it. */
async function refuseBeforeReplacing({ name }: Job, state: State): Promise<void> {
  const pending = await state.pendingOf(name);
  if (!pending.some(({ mustEmpty }) => mustEmpty)) return;
  throw new WithheldError(
    'a snapshot waits to replace the whole data set, and would remove what is sent now',
    `Let it be delivered first: pp-db-collector run ${name}; then replay.`,
  );
}

/** A dead letter that is a record now. */
interface Sendable {
  readonly letter: StoredDeadLetter;
  readonly record: DataRecord;
}

interface SentBatch {
  readonly batch: Batch;
  readonly sent: readonly Sendable[];
}

type Reason = Pick<StoredDeadLetter, 'cause' | 'reason' | 'remedy'>;

/** The letters of one replay on their way. */
class Replaying {
  readonly kept: StoredDeadLetter[] = [];
  readonly #job: Job;
  readonly #run: number;
  readonly #options: ReplayOptions;
  readonly #signal: AbortSignal;
  readonly #batches: Batches;
  readonly #counts = { rows: 0, records: 0, deadLetters: 0, requests: 0, bytesSent: 0 };
  #inBatch: Sendable[] = [];
  /** With a new reason that is not remembered yet. */
  #changed: StoredDeadLetter[] = [];

  constructor(job: Job, run: number, options: ReplayOptions, signal: AbortSignal) {
    this.#job = job;
    this.#run = run;
    this.#options = options;
    this.#signal = signal;
    const { max_batch_records, max_batch_bytes } = options.limits;
    const most = Math.min(max_batch_records, MOST_IN_BATCH);
    this.#batches = new Batches({ max_batch_records: most, max_batch_bytes });
  }

  get counts() {
    return { ...this.#counts };
  }

  async replay(letters: readonly StoredDeadLetter[]): Promise<void> {
    for (const sendable of this.#recordsOf(letters)) {
      await this.#send(this.#orKept(sendable.letter, () => this.#add(sendable)));
    }
    const rest = this.#batches.rest();
    await this.#send(rest && { batch: rest, sent: this.#inBatch });
    await this.#remember([]);
  }

  /** Those that are records, oldest first; of those with one `_id` only the one that was met last, for it would replace the others. */
  #recordsOf(letters: readonly StoredDeadLetter[]): Sendable[] {
    const encode = letterEncoder(this.#job, this.#options.clock);
    const newest = new Map<string, number>();
    const records = letters
      .toSorted(
        ({ reading: a, id }, { reading: b, id: other }) => b.run - a.run || b.row - a.row || other - id,
      )
      .flatMap((letter) => {
        if (letter.content.kind === 'row') this.#counts.rows += 1;
        const record = this.#orKept(letter, () => {
          const made = encode(letter);
          refuseReplaced(newest.get(made.id));
          newest.set(made.id, letter.id);
          refuseOvertaken(letter, this.#job);
          return made;
        });
        return record === undefined ? [] : [{ letter, record }];
      });
    return records.reverse();
  }

  /** Gives the batch that was complete before, if it was. */
  #add(sendable: Sendable): SentBatch | undefined {
    const batch = this.#batches.add(sendable.record);
    if (batch === undefined) {
      this.#inBatch.push(sendable);
      return undefined;
    }
    const sent = this.#inBatch;
    this.#inBatch = [sendable];
    return { batch, sent };
  }

  /** Keeps the letter when it is no record. */
  #orKept<Made>(letter: StoredDeadLetter, make: () => Made): Made | undefined {
    try {
      return make();
    } catch (error) {
      if (error instanceof WithheldError) {
        this.#tell(letter, { cause: letter.cause, reason: error.message, remedy: error.remedy });
        return undefined;
      }
      if (!(error instanceof NotARecordError || error instanceof MappingError)) throw error;
      const cause = error instanceof NotARecordError ? error.deadLetterCause : 'not-a-record';
      this.#keep(letter, { cause, reason: error.message, remedy: error.remedy });
      return undefined;
    }
  }

  async #send(complete: SentBatch | undefined): Promise<void> {
    if (complete === undefined) return;
    const { batch, sent } = complete;
    const answer = await this.#options.target.post(batch, this.#signal);
    this.#batches.recycle(batch);
    await this.#acknowledged(sent, answer);
  }

  #acknowledged(sent: readonly Sendable[], { requests, bytesSent, refused }: Acknowledgement): Promise<void> {
    this.#counts.requests += requests;
    this.#counts.bytesSent += bytesSent;
    const reasons = new Map(refused.map((each) => [each.id, each]));
    const delivered = sent.filter(({ record }) => !reasons.has(record.id));
    this.#counts.records += delivered.length;
    for (const { letter, record } of sent) {
      const reason = reasons.get(record.id);
      if (reason !== undefined) this.#keep(letter, reason);
    }
    return this.#remember(delivered.map(({ letter }) => letter));
  }

  /**
   * The content stays as it was, so that a mapping that is corrected later heals it. With nothing new to say of it the letter
   * is not touched.
   */
  #keep(letter: StoredDeadLetter, { cause, reason, remedy }: Reason): void {
    const kept = { ...letter, cause, reason, remedy };
    if (cause !== letter.cause || reason !== letter.reason) this.#changed.push(kept);
    this.#tell(letter, { cause, reason, remedy });
  }

  /** Only tells why the letter stays: what is remembered of it does not change. */
  #tell(letter: StoredDeadLetter, why: Reason): void {
    const kept = { ...letter, ...why };
    this.#counts.deadLetters += 1;
    this.kept.push(kept);
    this.#options.observer({ kind: 'dead-letter', job: this.#job.name, run: this.#run, letter: kept });
  }

  #remember(delivered: readonly Delivered[]): Promise<void> {
    const deadLetters = this.#changed;
    this.#changed = [];
    const keys = delivered.map(({ key, reading }) => ({ key, reading }));
    const step = { counts: this.counts, deadLetters, delivered: keys };
    return this.#options.state.acknowledged(this.#job.name, this.#run, step);
  }
}

/** A run that ended before it was answered may have delivered what this letter would replace. */
function refuseOvertaken({ overtakenBy }: StoredDeadLetter, { name, window }: Job): void {
  if (overtakenBy === undefined) return;
  throw new WithheldError(
    `run ${overtakenBy} sent a newer version of it, and nobody knows whether that arrived`,
    window === undefined
      ? `Run the job: pp-db-collector run ${name}; when the newer version arrives, this dead letter is removed.`
      : `Collect its time again: pp-db-collector run ${name}, with --from and --to if it is long past; that removes this dead letter.`,
  );
}

function refuseReplaced(by: number | undefined): void {
  if (by === undefined) return;
  throw new NotARecordError(
    `dead letter ${by}, which was met later, has the same _id`,
    'Discard this one if both are the same row; if they are two rows, group them in the query, or add to record.id what tells them apart and is no count.',
  );
}
