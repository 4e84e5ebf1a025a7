import type { WindowJob } from '../config/config.ts';
import type { PeriodFigures } from '../model/figures.ts';
import type { NewFigures, Progress, Span, Step } from '../model/progress.ts';
import { type Window, windowsBetween, windowsOwed } from '../schedule/window.ts';
import { nothingIn, windowTallyRules } from './arrived.ts';
import { deliverJudged, deliverQuery } from './deliver.ts';
import { expectedRows } from './expected-rows.ts';
import { takenBack, warnOfFuture } from './future-position.ts';
import { tellLateAtEnd } from './lateness.ts';
import { tellOverlooked } from './overlooked.ts';
import { windowQuery, windowRules } from './queries.ts';
import type { QueryPlan, RowsRead } from './read-records.ts';
import type { RunContext } from './run-context.ts';
import { SentMemory } from './sent-memory.ts';
import { unknownMeasure } from './unknown-measure.ts';
import { refuseUnusual, unusualIn } from './unusual-figures.ts';

/** What somebody asked to collect instead of what is owed. */
export interface RequestedSpan extends Span {
  /** Whether to go on where an interrupted run of the same span was. */
  readonly resume: boolean;
}

/** What a run of a window job is for. */
export interface WindowRun {
  /** Undefined: what is owed. */
  readonly span: RequestedSpan | undefined;
  /** Whether a person has agreed that what differs from before is delivered. */
  readonly accept: boolean;
  /** Whether a person wants that records are sent, too, which the data set has. */
  readonly allRecords: boolean;
}

/**
 * Collects the windows that a job owes, or those of a span that somebody asked for, oldest first, each before
 * the next.
 */
export async function collectWindows(
  context: RunContext<WindowJob>,
  { span, accept, allRecords }: WindowRun,
): Promise<void> {
  const { job, run, state, route } = context;
  const stored = await progressNow(context);
  const windows = await windowsOf(context, span, stored);
  run.tell({ kind: 'run-started', windows: windows.length });
  if (windows.length > 1) {
    run.owes('window', windows.length);
    await state.noteRun(run.number, run);
  }
  // A first run has nothing that it could be compared with, and may be of years.
  const holds = job.expect.on_violation === 'hold' && !accept && context.progress !== undefined;
  const memory = await SentMemory.of(context, allRecords || span !== undefined);
  let progress = stored?.collectedTo;
  for (const window of windows) {
    const remembered = await memory?.begin(window);
    const plan = {
      query: windowQuery(job, window),
      rules: windowRules(job, window, route.localTime, {
        advice: route.source.advice,
        collectedTo: window === windows[0] ? progress : Math.max(progress ?? window.from, window.from),
      }),
      expected: expectedRows(job),
      window,
      tally: windowTallyRules(job, window),
      sent: remembered?.sent,
    };
    const before = run.counts.rows;
    const { isReady, fields } = await deliverWindow(plan, context, holds);
    if (window === windows[0]) tellUnknownMeasure(context, fields);
    run.isReady = isReady;
    if (!isReady) return;
    run.refuseNothingButDeadLetters();
    run.windowCollected(window);
    if (movesProgress(span, window, progress)) progress = window.collectedTo;
    const { change: memoryChange, vanished } = (await remembered?.end(run.counts.rows - before)) ?? {};
    for (const { records } of vanished?.periods ?? []) run.vanished(records);
    const change = { ...changeOf(context, span, window, progress), ...memoryChange };
    const unusual = await unusualIn(context, window, change.figures);
    await state.acknowledged(job.name, run.number, run.step(change));
    run.tell({ kind: 'window-acknowledged', window, counts: run.counts });
    if (vanished !== undefined && (vanished.periods.length > 0 || vanished.removed > 0))
      run.tell({ kind: 'records-vanished', ...vanished });
    if (memoryChange !== undefined) tellLateAtEnd(context, memoryChange.looks);
    for (const each of unusual) run.tell({ kind: 'unusual-figures', isHeld: false, ...each });
  }
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined) return;
  const whole = { ...last, from: first.from, fromDate: first.fromDate };
  await tellOverlooked(context, windowQuery(job, whole));
}

/** @param holds whether nothing may leave before the window was compared with others */
function deliverWindow(
  plan: QueryPlan & { readonly window: Window },
  context: RunContext<WindowJob>,
  holds: boolean,
): Promise<RowsRead> {
  if (!holds) return deliverQuery(plan, context);
  const { window } = plan;
  return deliverJudged(plan, context, (found) =>
    refuseUnusual(context, window, figuresOf(context.job, window, found)),
  );
}

/** Once, as all windows have the same fields. */
function tellUnknownMeasure({ job, run }: RunContext<WindowJob>, fields: RowsRead['fields']): void {
  const unknown = unknownMeasure(job, fields);
  if (unknown !== undefined) run.tell({ kind: 'unknown-measure', ...unknown });
}

/** Where the job stands, as far as the clocks of today let that be believed. */
async function progressNow(context: RunContext<WindowJob>): Promise<Progress | undefined> {
  if (context.progress === undefined) return undefined;
  const clock = await context.route.source.clock(context.signals.read);
  warnOfFuture(context, clock);
  return takenBack(context, clock);
}

async function windowsOf(
  { job, run, state }: RunContext<WindowJob>,
  span: RequestedSpan | undefined,
  progress: Progress | undefined,
): Promise<Window[]> {
  const { window, timezone, name } = job;
  if (span === undefined) return windowsOwed(window, timezone, run.startedAt, progress?.collectedTo);
  const acknowledgedTo = span.resume ? await state.backfillOf(name, span) : undefined;
  const from = Math.max(span.from, acknowledgedTo ?? span.from);
  return from >= span.to ? [] : windowsBetween(window, timezone, run.startedAt, { from, to: span.to });
}

/** A span that somebody asked for must not leave a gap behind the progress. */
function movesProgress(
  span: RequestedSpan | undefined,
  window: Window,
  progress: number | undefined,
): boolean {
  return span === undefined || (progress !== undefined && window.from <= progress);
}

function changeOf(
  { job, run, fingerprint }: RunContext<WindowJob>,
  span: RequestedSpan | undefined,
  window: Window,
  progress: number | undefined,
): Pick<Step, 'progress' | 'collected' | 'backfill'> & { readonly figures: NewFigures } {
  return {
    progress: { collectedTo: progress, fingerprint },
    collected: { from: window.from, to: window.collectedTo },
    figures: figuresOf(job, window, run.takeArrived()),
    backfill: span && { span: { from: span.from, to: span.to }, acknowledgedTo: window.to },
  };
}

/** What a window's records add up to, as it stands in the place of what was known of its periods. */
function figuresOf(
  { window: { period } }: WindowJob,
  { timestamps: [first, last] }: Window,
  found: readonly PeriodFigures[],
): NewFigures {
  const replaces = { from: Date.parse(first), to: Date.parse(last) };
  return { length: period, periods: [...nothingIn(period, replaces), ...found], replaces };
}
