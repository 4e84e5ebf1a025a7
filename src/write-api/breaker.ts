import { LONGEST_TIMER } from '../calendar/durations.ts';
import type { HostCompany, KnownFailures } from './host-company.ts';
import type { HostDown, RequestOutcome } from './outcome.ts';
import { isTemporary } from './retry-policy.ts';
import type { Sender, SendResult, WriteRequest } from './sender.ts';
import type { Timing } from './timing.ts';

export interface BreakerSettings {
  /** Milliseconds from the last failure to the next request that may try. */
  readonly pause: number;
  readonly timing: Timing;
  readonly onHostDown: (failures: number, reason: string) => void;
  readonly onHostUp: (milliseconds: number) => void;
  /** Left out: nobody else sends to this host. */
  readonly company?: HostCompany | undefined;
}

/** A request that has to pass. */
export interface Passage {
  /** Those of one data set share its turns. */
  readonly dataSet: string;
  /** When to give up waiting, on the monotonic clock. */
  readonly deadline: number;
  /** Whether it only asks, without records, so that a 500 cannot be their fault. */
  readonly isQuestion: boolean;
  /** Ends the waiting; what is on its way goes on. */
  readonly signal: AbortSignal;
  readonly send: () => Promise<RequestOutcome>;
}

interface Failures {
  readonly since: number;
  readonly count: number;
  readonly last: RequestOutcome;
}

/** Milliseconds between two questions whose turn it is. */
const SHORTEST_WAIT = 50;

/** After as many failures in a row the host is taken to be down. */
const MOST_FAILURES = 5;

/**
 * What all requests to one write host pass, so that a host that is down is not hammered by many jobs. Closed, it lets
 * every request pass. After five failures in a row it opens: then a single request at a time passes and tries the
 * host, the next one `pause` after the last failure, until one of them is answered in a way that shows that
 * the host works; all that wait go then.
 *
 * Those who wait try in the order in which they came. But records that a host always answers 500 look like a host that
 * is down, and their repeats must not keep away the request that would be answered well: questions without records go
 * first, then data sets that have not failed last time, and the others take turns.
 */
export class Breaker {
  readonly #settings: BreakerSettings;
  readonly #waiting = new Set<Passage>();
  /** Data sets whose records failed last time, the latest failure at the end, and what it was that failed. */
  readonly #failing = new Map<string, 'records' | 'question'>();
  #failures: Failures | undefined;
  #trying = false;
  #nextTry = 0;
  #change = Promise.withResolvers<void>();
  /** The last that was told to the others. */
  #told: Promise<unknown> = Promise.resolve();
  #learning: Promise<void> | undefined;

  constructor(settings: BreakerSettings) {
    this.#settings = settings;
  }

  /**
   * Sends the request once it may pass; tells why not when that takes too long. Throws what `send` throws, and the
   * signal's reason.
   */
  async pass(passage: Passage): Promise<RequestOutcome | HostDown> {
    const turn = this.#isOpen() ? await this.#turnOf(passage) : 'clear';
    if (turn === 'clear') return this.#noted(passage, await passage.send());
    return turn === 'try' ? await this.#try(passage) : turn;
  }

  /** Takes over what other processes have found out about the host. Who asks meanwhile gets the same answer. */
  async learn(): Promise<void> {
    const { company } = this.#settings;
    if (company === undefined) return;
    this.#learning ??= this.#learnOf(company).finally(() => {
      this.#learning = undefined;
    });
    await this.#learning;
  }

  async #learnOf(company: HostCompany): Promise<void> {
    await this.#told;
    const before = this.#failures;
    let known: KnownFailures | undefined;
    try {
      known = await company.look();
    } catch {
      return;
    }
    // Who has found out something meanwhile knows better.
    if (this.#failures !== before) return;
    if (known === undefined && this.#isOpen()) this.#noteUp();
    else if (known !== undefined && !this.#isOpen()) this.#adopt(known);
  }

  /** Lets everybody go who waits. */
  release(): void {
    this.#failures = undefined;
    this.#announceChange();
  }

  #isOpen(): boolean {
    return this.#failures !== undefined && this.#failures.count >= MOST_FAILURES;
  }

  async #turnOf(passage: Passage): Promise<'clear' | 'try' | HostDown> {
    const { timing } = this.#settings;
    this.#waiting.add(passage);
    try {
      while (this.#failures !== undefined && this.#isOpen()) {
        const now = timing.monotonic();
        if (this.#mayTry(now) && passage === this.#next()) {
          this.#trying = true;
          if (this.#settings.company === undefined || (await this.#hasTurn(this.#settings.company)))
            return 'try';
          continue;
        }
        if (now >= passage.deadline) return describe(this.#failures, now);
        await this.#wait(passage, now);
      }
      return 'clear';
    } finally {
      this.#waiting.delete(passage);
      this.#announceChange();
    }
  }

  /** Whether no other process tries the host at the moment. */
  async #hasTurn(company: HostCompany): Promise<boolean> {
    const { pause, timing } = this.#settings;
    await this.#told;
    const turn = await company.takeTurn(pause).catch(() => 'mine' as const);
    if (turn === 'mine') return true;
    this.#trying = false;
    if (turn === 'up') this.#noteUp();
    else this.#nextTry = timing.monotonic() + Math.max(turn, SHORTEST_WAIT);
    this.#announceChange();
    return false;
  }

  #mayTry(now: number): boolean {
    return !this.#trying && now >= this.#nextTry;
  }

  /**
   * Who tries next: a question, else a data set that has not failed last time, else the one whose failure is longest
   * ago.
   */
  #next(): Passage | undefined {
    const waiting = [...this.#waiting];
    const longestAgo = [...this.#failing.keys()].find((failing) =>
      waiting.some(({ dataSet }) => dataSet === failing),
    );
    return (
      waiting.find((passage) => this.#goesFirst(passage)) ??
      waiting.find(({ dataSet }) => !this.#failing.has(dataSet)) ??
      waiting.find(({ dataSet }) => dataSet === longestAgo)
    );
  }

  /** A data set whose questions fail as well has no right to ask first, or it would keep away all others. */
  #goesFirst({ isQuestion, dataSet }: Passage): boolean {
    return isQuestion && this.#failing.get(dataSet) !== 'question';
  }

  /** Until the next try is due, something changes or the time is over. */
  async #wait({ deadline, signal }: Passage, now: number): Promise<void> {
    const until = this.#trying || now >= this.#nextTry ? deadline : Math.min(deadline, this.#nextTry);
    const awake = new AbortController();
    const abort = () => awake.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    const slept = this.#settings.timing.sleep(Math.min(until - now, LONGEST_TIMER), awake.signal);
    try {
      await Promise.race([this.#change.promise, slept]);
    } finally {
      signal.removeEventListener('abort', abort);
      awake.abort();
    }
  }

  async #try(passage: Passage): Promise<RequestOutcome> {
    try {
      return this.#noted(passage, await passage.send());
    } finally {
      this.#trying = false;
      this.#announceChange();
    }
  }

  #noted({ dataSet, isQuestion }: Passage, outcome: RequestOutcome): RequestOutcome {
    const failed = isTemporary(outcome.kind);
    if (failed || !isQuestion) this.#failing.delete(dataSet);
    if (failed) this.#failing.set(dataSet, isQuestion ? 'question' : 'records');
    if (failed) this.#noteFailure(outcome);
    else this.#noteAnswer();
    return outcome;
  }

  #noteFailure(last: RequestOutcome): void {
    const { timing, pause, onHostDown } = this.#settings;
    const now = timing.monotonic();
    const count = (this.#failures?.count ?? 0) + 1;
    this.#failures = { since: this.#failures?.since ?? now, count, last };
    if (this.#isOpen()) this.#nextTry = now + pause;
    if (count !== MOST_FAILURES) return;
    const reason = last.messages?.[0] ?? last.text;
    onHostDown(count, reason);
    this.#tell((company) => company.tellDown(count, reason, pause));
  }

  #noteAnswer(): void {
    if (this.#isOpen()) this.#tell((company) => company.tellUp());
    this.#noteUp();
  }

  #noteUp(): void {
    const { timing, onHostUp } = this.#settings;
    const down = this.#isOpen() ? this.#failures : undefined;
    this.release();
    if (down !== undefined) onHostUp(Math.round(timing.monotonic() - down.since));
  }

  #adopt({ failures, reason, elapsed }: KnownFailures): void {
    const { timing, onHostDown } = this.#settings;
    const now = timing.monotonic();
    const last: RequestOutcome = { kind: 'not-now', messages: [reason], text: reason };
    this.#failures = { since: now - elapsed, count: failures, last };
    this.#nextTry = now;
    onHostDown(failures, reason);
  }

  /** One after the other. */
  #tell(what: (company: HostCompany) => Promise<void>): void {
    const { company } = this.#settings;
    if (company !== undefined) this.#told = this.#told.then(() => what(company)).catch(() => undefined);
  }

  #announceChange(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}

/** Lets requests pass only where the write host is not known to be down, until their deadline. */
export class Breaking implements Sender {
  readonly #inner: Sender;
  readonly #breaker: Breaker;
  readonly #dataSet: string;

  /** @param breaker that all requests to the write host pass */
  constructor(inner: Sender, breaker: Breaker, dataSet: string) {
    this.#inner = inner;
    this.#breaker = breaker;
    this.#dataSet = dataSet;
  }

  async send(request: WriteRequest): Promise<SendResult> {
    let result: SendResult | undefined;
    const answer = await this.#breaker.pass({
      dataSet: this.#dataSet,
      deadline: request.deadline,
      isQuestion: request.purpose === 'question',
      signal: request.call.waiting,
      send: async () => {
        result = await this.#inner.send(request);
        return result.outcome;
      },
    });
    if (answer.kind === 'host-down')
      return { outcome: answer.last, attempts: 0, elapsed: 0, hostDown: answer };
    return result ?? { outcome: answer, attempts: 1, elapsed: 0 };
  }
}

function describe({ count, since, last }: Failures, now: number): HostDown {
  return { kind: 'host-down', failures: count, elapsed: now - since, last };
}
