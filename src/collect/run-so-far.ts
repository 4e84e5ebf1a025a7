import { SECOND } from '../calendar/durations.ts';
import type { DeadLetter, Delivered } from '../model/dead-letter.ts';
import { Figures, type PeriodFigures } from '../model/figures.ts';
import type { Span, Step } from '../model/progress.ts';
import type { Reading } from '../model/row.ts';
import { NO_COUNTS, type RunCounts, type RunOutcome, type RunResult, type WorkDone } from '../model/run.ts';
import type { RunNews, RunObserver } from '../model/run-event.ts';
import type { Acknowledgement, RefusedRecord } from '../model/target.ts';
import { TooManyDeadLettersError } from './failures.ts';
import { KnownLetters } from './known-letters.ts';
import type { MarkedBatch } from './marked-batch.ts';

/** Milliseconds between two notes of how far a run is, where nothing else is to be remembered. */
const NOTED_EVERY = 2 * SECOND;

interface About {
  readonly job: string;
  readonly number: number;
  readonly startedAt: number;
  readonly maxDeadLetters: number;
  readonly observer: RunObserver;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What a run has done until now, and what of it is not remembered yet. */
export class RunSoFar {
  readonly job: string;
  readonly number: number;
  readonly startedAt: number;
  /** False as soon as a query gave fewer or more rows than expected. */
  isReady = true;
  readonly letters = new KnownLetters();
  /** What its records are made by; undefined until that is known. */
  rules: string | undefined;
  readonly #about: About;
  readonly #counts = { ...NO_COUNTS };
  #window: Span | undefined;
  #windows = 0;
  #owed: Omit<WorkDone, 'done'> | undefined;
  #notedAt: number;
  #arrived = new Figures();
  #newLetters: DeadLetter[] = [];
  #delivered: Delivered[] = [];
  readonly #firstLetters: DeadLetter[] = [];
  /** How often something was set aside, whatever became of it later. */
  #buried = 0;
  /** Those of this run of which no newer version has been delivered. */
  readonly #lastOfKey = new Map<string, Reading>();

  constructor(about: About) {
    this.#about = about;
    this.job = about.job;
    this.number = about.number;
    this.startedAt = about.startedAt;
    this.#notedAt = about.startedAt;
  }

  tell(news: RunNews): void {
    this.#about.observer({ ...news, job: this.job, run: this.number });
  }

  get counts(): RunCounts {
    return { ...this.#counts };
  }

  rowRead(): void {
    this.#counts.rows += 1;
  }

  /** A record was not sent because the data set has it. */
  unchanged(): void {
    this.#counts.unchanged += 1;
  }

  vanished(records: number): void {
    this.#counts.vanished += records;
  }

  requestsMade({ requests, bytesSent }: Pick<Acknowledgement, 'requests' | 'bytesSent'>): void {
    this.#counts.requests += requests;
    this.#counts.bytesSent += bytesSent;
  }

  /** Notes what became of a batch; throws TooManyDeadLettersError. */
  acknowledged(sent: MarkedBatch, answer: Acknowledgement, window: Span | undefined): void {
    this.delivered(sent, answer);
    this.buryRefused(sent, answer.refused, window);
  }

  /** Notes all of a batch but what is refused. */
  delivered({ batch, healed }: Pick<MarkedBatch, 'batch' | 'healed'>, answer: Acknowledgement): void {
    this.requestsMade(answer);
    this.#counts.records += batch.count - answer.refused.length;
    const refused = new Set(answer.refused.map(({ id }) => id));
    this.#settle(healed.filter(({ id }) => !refused.has(id)));
  }

  /** Notes what has arrived and is not remembered yet. */
  arrived(figures: readonly PeriodFigures[]): void {
    this.#arrived.add(figures);
  }

  /** What has arrived since this was last asked, to be remembered now. */
  takeArrived(): readonly PeriodFigures[] {
    const figures = this.#arrived.periods();
    this.#arrived = new Figures();
    return figures;
  }

  /** How much more may be set aside before the job counts as wrong. */
  get room(): number {
    return Math.max(0, this.#about.maxDeadLetters - this.#buried);
  }

  /** Sets the refused records of a batch aside; throws TooManyDeadLettersError. */
  buryRefused(sent: MarkedBatch, refused: readonly RefusedRecord[], window: Span | undefined): void {
    if (refused.length === 0) return;
    // What was refused has lost its small numbers on the way.
    const whole = new Map(sent.batch.records().map(({ id, json }) => [id, json]));
    for (const { id, json, cause, reason, remedy } of refused) {
      const content = { kind: 'record', json: whole.get(id) ?? json, rules: this.rules } as const;
      this.bury({ key: id, reading: sent.reading, cause, reason, remedy, content, window });
    }
  }

  /** What was set aside earlier in this run has not become a dead letter then. */
  #settle(delivered: readonly Delivered[]): void {
    for (const { key, reading } of delivered) {
      this.#delivered.push({ key, reading });
      const buried = this.#lastOfKey.get(key);
      if (buried === undefined || isLater(buried, reading)) continue;
      this.#lastOfKey.delete(key);
      this.#counts.deadLetters -= 1;
    }
  }

  /** Sets aside what cannot be delivered; throws TooManyDeadLettersError. */
  bury(letter: DeadLetter): void {
    this.#buried += 1;
    if (!this.#lastOfKey.has(letter.key)) this.#counts.deadLetters += 1;
    this.#lastOfKey.set(letter.key, letter.reading);
    this.letters.add(letter.key);
    this.#newLetters.push(letter);
    if (this.#firstLetters.length < 3) this.#firstLetters.push(letter);
    this.tell({ kind: 'dead-letter', letter });
    if (this.#buried > this.#about.maxDeadLetters) throw this.#tooMany();
  }

  /** A dead letter of before the run stays one. @param hasNewReason whether that is to be remembered */
  kept(letter: DeadLetter, hasNewReason: boolean): void {
    this.#counts.deadLetters += 1;
    if (hasNewReason) this.#newLetters.push(letter);
    this.tell({ kind: 'dead-letter', letter });
  }

  /** Throws TooManyDeadLettersError when nothing but dead letters came of the rows: then the job is wrong. */
  refuseNothingButDeadLetters(): void {
    if (this.#buried > 0 && this.#buried >= this.#counts.rows) throw this.#tooMany();
  }

  /** From here on it is known how much there is to do, in all. */
  owes(unit: WorkDone['unit'], owed: number, since = this.#about.now()): void {
    this.#owed = { unit, owed, since };
  }

  get work(): WorkDone | undefined {
    if (this.#owed === undefined) return undefined;
    const { rows, records } = this.#counts;
    const done = { window: this.#windows, record: records, row: rows };
    return { ...this.#owed, done: done[this.#owed.unit] };
  }

  /** How far the run is, if that was not noted lately. */
  newlySoFar(): Pick<Step, 'counts' | 'work'> | undefined {
    const now = this.#about.now();
    if (Math.abs(now - this.#notedAt) < NOTED_EVERY) return undefined;
    this.#notedAt = now;
    return { counts: this.counts, work: this.work };
  }

  windowCollected({ from, to }: Span): void {
    this.#windows += 1;
    this.#window = { from: this.#window?.from ?? from, to };
  }

  /** All that is to be remembered now, which is then no longer held here. */
  step(change: Omit<Step, 'counts' | 'work' | 'deadLetters' | 'delivered'>): Step {
    const step = {
      ...change,
      counts: this.counts,
      work: this.work,
      deadLetters: this.#newLetters,
      delivered: this.#delivered,
    };
    this.#newLetters = [];
    this.#delivered = [];
    return step;
  }

  /** What counts although the run has failed: letters whose newer version is delivered. Undefined: nothing. */
  settledStep(): Step | undefined {
    return this.#delivered.length === 0 ? undefined : { ...this.step({}), deadLetters: [] };
  }

  ended({ outcome, failure }: Pick<RunResult, 'outcome' | 'failure'>, endedAt: number): RunResult {
    const { job, startedAt } = this;
    return { job, outcome, startedAt, endedAt, window: this.#window, failure, ...this.#counts };
  }

  /** How a run ends that nothing has stopped. */
  get outcome(): RunOutcome {
    if (!this.isReady) return 'not_ready';
    if (this.#counts.deadLetters > 0) return 'partial';
    return this.#counts.rows === 0 && this.#counts.records === 0 ? 'empty' : 'succeeded';
  }

  #tooMany(): TooManyDeadLettersError {
    const counts = { ...this.#counts, deadLetters: this.#buried };
    return new TooManyDeadLettersError(counts, this.#firstLetters, this.#about.maxDeadLetters);
  }
}

const isLater = (one: Reading, other: Reading): boolean =>
  one.run > other.run || (one.run === other.run && one.row > other.row);
