import { isoSeconds } from '../calendar/date-time.ts';
import { addPeriods } from '../calendar/period.ts';
import type { WindowJob } from '../config/config.ts';
import { NotOffered, type PeriodCount } from '../model/data-set-reader.ts';
import type { Looks } from '../model/lateness.ts';
import type { Span, Step } from '../model/progress.ts';
import type { VanishedRecords } from '../model/sent-records.ts';
import { ContentDigest } from '../records/content-digest.ts';
import { SentTable } from '../records/sent-table.ts';
import { recentFrom, type Window } from '../schedule/window.ts';
import { looksOf } from './lateness.ts';
import type { RunContext } from './run-context.ts';
import { remembersSent, type SentTo, sentRules, sentTo } from './sent-rules.ts';
import { SentWindow } from './sent-window.ts';
import { vanishedOf } from './vanished.ts';

type Context = RunContext<WindowJob>;

/** Milliseconds until what the data set has counts as not known. */
const PATIENCE = 30_000;

/** A window whose records are compared with what is remembered of them. */
export interface RememberedWindow {
  readonly sent: SentWindow;
  /** What is found once all of it is read and acknowledged; removes what has vanished, where the job says so. */
  end(rows: number): Promise<RememberedEnd>;
}

export interface RememberedEnd {
  readonly change: Pick<Step, 'sent'> & { readonly looks: Looks };
  readonly vanished: VanishedRecords | undefined;
}

/** What one run knows of what was sent before; undefined: nothing is remembered of the job. */
export class SentMemory {
  readonly #context: Context;
  readonly #digest: ContentDigest;
  readonly #rules: string;
  readonly #keptFrom: number;
  #leavesOut: boolean;

  private constructor(context: Context, digest: ContentDigest, to: SentTo, sendsAll: boolean) {
    const { job, route, run } = context;
    this.#context = context;
    this.#digest = digest;
    this.#rules = sentRules(job, route.localTime.zone, to);
    this.#keptFrom = recentFrom(job.window, job.timezone, run.startedAt);
    this.#leavesOut = !sendsAll && !to.isChanging && job.send === 'changed';
  }

  /** @param sendsAll whether a person wants everything to be sent; it is remembered all the same */
  static async of(context: Context, sendsAll: boolean): Promise<SentMemory | undefined> {
    if (!remembersSent(context.job)) return undefined;
    const { state, route, run } = context;
    const to = await sentTo(state, route.target.address, run.startedAt);
    return new SentMemory(context, await ContentDigest.load(), to, sendsAll);
  }

  /** What is remembered of a window that begins; undefined: nothing, and nothing is to be. */
  async begin(window: Window): Promise<RememberedWindow | undefined> {
    const { job, state } = this.#context;
    const [from, to] = [
      Math.max(Date.parse(window.timestamps[0]), this.#keptFrom),
      Date.parse(window.timestamps[1]),
    ];
    if (from >= to) return undefined;
    const span = { from, to };
    const table = new SentTable(this.#periodsOf(span), await state.sentOf(job.name, this.#rules, span));
    const leavesOut = this.#leavesOut && (await this.#isConfirmed(table, span));
    const store = (doubts: Parameters<typeof state.doubtSent>[2]) =>
      state.doubtSent(job.name, this.#rules, doubts);
    const sent = new SentWindow(table, { digest: this.#digest, leavesOut, store });
    return { sent, end: (rows) => this.#end(sent, span, rows) };
  }

  async #end(sent: SentWindow, settled: Span, rows: number): Promise<RememberedEnd> {
    const { table } = sent;
    const compared = table.compared(sent.seesAll);
    const vanished = sent.seesAll ? await vanishedOf(this.#context, sent, compared, rows) : undefined;
    const periods = table.newly(vanished?.fate ?? 'unseen');
    const newly = periods && { rules: this.#rules, periods, settled, keptFrom: this.#keptFrom };
    return { change: { sent: newly, looks: looksOf(this.#context, compared, vanished) }, vanished };
  }

  /** Whether the data set says of itself what it has; mistrusts the periods of which it lacks something. */
  async #isConfirmed(table: SentTable, span: Span): Promise<boolean> {
    const trusted = table.trusted();
    if ([...trusted.values()].every((records) => records === 0)) return false;
    const { run } = this.#context;
    const counts = await this.#counts(span);
    if (counts instanceof NotOffered) {
      this.#leavesOut = false;
      run.tell({ kind: 'counts-not-known', reason: counts.reason });
      return false;
    }
    const found = new Map(counts.map(({ start, count }) => [Date.parse(start), count]));
    const lost = Array.from(trusted, ([period, sent]) => ({
      period,
      sent,
      found: found.get(period) ?? 0,
    })).filter((each) => each.found < each.sent);
    for (const { period } of lost) table.lost(period);
    if (lost.length > 0) run.tell({ kind: 'data-set-lost', periods: lost });
    return true;
  }

  /** Whatever keeps them from being read does not keep records from being sent. */
  async #counts({ from, to }: Span): Promise<readonly PeriodCount[] | NotOffered> {
    const { job, route, signals } = this.#context;
    const patience = AbortSignal.any([signals.read, AbortSignal.timeout(PATIENCE)]);
    try {
      return await route.reader.counts(job.window.period, [isoSeconds(from), isoSeconds(to)], patience);
    } catch (error) {
      signals.read.throwIfAborted();
      return new NotOffered(error instanceof Error ? error.message : String(error));
    }
  }

  #periodsOf({ from, to }: Span): number[] {
    const periods: number[] = [];
    const { period } = this.#context.job.window;
    for (let start = from; start < to; start = addPeriods(period, start, 1)) periods.push(start);
    return periods;
  }
}
