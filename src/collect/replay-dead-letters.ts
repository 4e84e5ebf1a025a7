import type { Complete, Job } from '../config/config.ts';
import type { Batch } from '../model/batch.ts';
import type { StoredDeadLetter } from '../model/dead-letter.ts';
import { hasWindows } from '../model/mode.ts';
import type { DataRecord } from '../model/record.ts';
import type { RunResult } from '../model/run.ts';
import type { State } from '../model/state.ts';
import type { Target } from '../model/target.ts';
import { Batches, type BatchLimits } from '../records/batches.ts';
import type { LocalTime } from '../records/date-times.ts';
import { MappingError, NotARecordError } from '../records/not-a-record.ts';
import { arrivedWith, tallyRules } from './arrived.ts';
import { asRun, type RunSettings, type RunWork } from './as-run.ts';
import { completedAsStored, completeJob } from './complete-job.ts';
import { letterEncoder } from './dead-letter-record.ts';
import { doubtRecords } from './doubt-records.ts';
import { WithheldError } from './failures.ts';
import { fingerprintOf, refuseChangedIds } from './fingerprint.ts';
import type { RunSoFar } from './run-so-far.ts';
import { idsIn } from './stored-rules.ts';
import { suppressing } from './suppressing.ts';

/** Where the dead letters of a job go, and how they become records. */
export interface ReplayRoute {
  readonly target: Target;
  readonly localTime: LocalTime;
  readonly limits: BatchLimits;
}

export interface ReplayOptions extends RunSettings, ReplayRoute {
  readonly state: State;
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

/**
 * Sends the dead letters of a job again, as a run of the job without a source. What is acknowledged is
 * removed; what is refused again, or still is no record, stays with the new reason. Throws a Failure when the
 * job is busy, when what determines its ids has changed, or when the target or the state fails: what was
 * acknowledged before is removed all the same.
 */
export async function replayDeadLetters(
  written: Job,
  options: ReplayOptions,
  signal: AbortSignal,
): Promise<Replay> {
  const { state, localTime, limits, id } = options;
  const kept: StoredDeadLetter[] = [];
  const { name } = written;
  const work: RunWork = {
    precondition: async () => {
      const job = await completed(written, state);
      const progress = await state.progressOf(name);
      refuseChangedIds(name, progress?.fingerprint, fingerprintOf(job, localTime.zone));
      await refuseBeforeReplacing(job, state);
    },
    perform: async (run, { read }) => {
      run.tell({ kind: 'run-started', windows: undefined });
      const job = await completed(written, state);
      const route = { localTime, limits, target: suppressing(options.target, job.record) };
      const replaying = new Replaying(job, run, state, route, read);
      kept.push(...(await replaying.replay(await state.deadLetters({ job: name, id }))));
    },
  };
  const { result, error } = await asRun(written, options, work, signal);
  if (error !== undefined) throw error;
  return { result, kept };
}

/** What a job leaves out is as its letters were met: nobody asks its database. */
async function completed(job: Job, state: State): Promise<Complete> {
  const stored = completedAsStored(job, (await state.progressOf(job.name))?.fingerprint);
  if (stored !== undefined) return stored;
  for (const { content } of await state.deadLetters({ job: job.name })) {
    if (content.kind === 'row') return completeJob(job, content.columns);
    const known = completedAsStored(job, idsIn(content.rules));
    if (known !== undefined) return known;
  }
  throw new WithheldError(
    'the job leaves out what its ids are made of, and nobody remembers it',
    `Run the job first: pp-db-collector run ${job.name}; then replay.`,
  );
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

/** So many refused records of one batch are told apart by any target; with more of them it gives up. */
const MOST_IN_BATCH = 5;

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
export class Replaying {
  readonly #job: Complete;
  readonly #run: RunSoFar;
  readonly #state: State;
  readonly #route: ReplayRoute;
  readonly #signal: AbortSignal;
  readonly #batches: Batches;
  readonly #kept: StoredDeadLetter[] = [];
  #inBatch: Sendable[] = [];

  constructor(job: Complete, run: RunSoFar, state: State, route: ReplayRoute, signal: AbortSignal) {
    this.#job = job;
    this.#run = run;
    this.#state = state;
    this.#route = route;
    this.#signal = signal;
    const { max_batch_records, max_batch_bytes } = route.limits;
    const most = Math.min(max_batch_records, MOST_IN_BATCH);
    this.#batches = new Batches({ max_batch_records: most, max_batch_bytes });
  }

  /** Gives those that stay dead letters, each with its new reason. */
  async replay(letters: readonly StoredDeadLetter[]): Promise<readonly StoredDeadLetter[]> {
    for (const sendable of this.#recordsOf(letters)) {
      await this.#send(this.#orKept(sendable.letter, () => this.#add(sendable)));
    }
    const rest = this.#batches.rest();
    await this.#send(rest && { batch: rest, sent: this.#inBatch });
    await this.#remember();
    return this.#kept;
  }

  /**
   * Those that are records, oldest first; of those with one `_id` only the one that was met last, for it
   * would replace the others.
   */
  #recordsOf(letters: readonly StoredDeadLetter[]): Sendable[] {
    const encode = letterEncoder(this.#job, this.#route.localTime);
    const newest = new Map<string, number>();
    const records = letters
      .toSorted(
        ({ reading: a, id }, { reading: b, id: other }) => b.run - a.run || b.row - a.row || other - id,
      )
      .flatMap((letter) => {
        if (letter.content.kind === 'row') this.#run.rowRead();
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
        // What is remembered of it does not change.
        this.#stays({ ...letter, reason: error.message, remedy: error.remedy }, false);
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
    const { target, localTime } = this.#route;
    await doubtRecords(this.#job, batch, {
      state: this.#state,
      zone: localTime.zone,
      address: target.address,
      now: this.#run.startedAt,
    });
    const answer = await target.post(batch, this.#signal);
    const healed = sent.map(({ letter: { key, reading }, record: { id } }) => ({ id, key, reading }));
    this.#run.delivered({ batch, healed }, answer);
    this.#run.arrived(arrivedWith({ batch }, answer.refused, tallyRules(this.#job)));
    this.#batches.recycle(batch);
    const reasons = new Map(answer.refused.map((each) => [each.id, each]));
    for (const { letter, record } of sent) {
      const reason = reasons.get(record.id);
      if (reason !== undefined) this.#keep(letter, reason);
    }
    await this.#remember();
  }

  /**
   * The content stays as it was, so that a mapping that is corrected later heals it. With nothing new to say
   * of it the letter is not touched.
   */
  #keep(letter: StoredDeadLetter, { cause, reason, remedy }: Reason): void {
    const hasNewReason = cause !== letter.cause || reason !== letter.reason;
    this.#stays({ ...letter, cause, reason, remedy }, hasNewReason);
  }

  #stays(letter: StoredDeadLetter, hasNewReason: boolean): void {
    this.#kept.push(letter);
    this.#run.kept(letter, hasNewReason);
  }

  #remember(): Promise<void> {
    const figures = { length: tallyRules(this.#job).period, periods: this.#run.takeArrived() };
    return this.#state.acknowledged(this.#job.name, this.#run.number, this.#run.step({ figures }));
  }
}

/** A run that ended before it was answered may have delivered what this letter would replace. */
function refuseOvertaken({ overtakenBy }: StoredDeadLetter, job: Job): void {
  if (overtakenBy === undefined) return;
  throw new WithheldError(
    `run ${overtakenBy} sent a newer version of it, and nobody knows whether that arrived`,
    hasWindows(job)
      ? `Collect its time again: pp-db-collector run ${job.name}, with --from and --to if it is long past; that ` +
          'removes this dead letter.'
      : `Run the job: pp-db-collector run ${job.name}; when the newer version arrives, this dead letter is removed.`,
  );
}

function refuseReplaced(by: number | undefined): void {
  if (by === undefined) return;
  throw new NotARecordError(
    `dead letter ${by}, which was met later, has the same _id`,

    'Discard this one if both are the same row; if they are two rows, group them in the query, or add to record.id ' +
      'what tells them apart and is no count.',
  );
}
