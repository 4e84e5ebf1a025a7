import type { WindowJob } from '../config/config.ts';
import type { Progress, Span } from '../model/progress.ts';
import { owedFrom } from './window.ts';

/** What of a window job's time is collected, and what is not. Times are epoch milliseconds. */
export interface CollectedTime {
  /** Acknowledged: spans that do not touch, in their order. */
  readonly spans: readonly Span[];
  /**
   * Within the job's time, and collected by no run by itself: passed over by a position that was set, or left between
   * spans that were asked for.
   */
  readonly gaps: readonly Span[];
  /** Where the job's time begins: at its `start`, or with what is collected first. Undefined: nothing is, yet. */
  readonly begin: number | undefined;
  /** What is later is collected by the next run. */
  readonly owedFrom: number;
}

/** @param spans what is acknowledged, in its order */
export function collectedTime(
  { window, timezone }: WindowJob,
  spans: readonly Span[],
  progress: Progress | undefined,
  now: number,
): CollectedTime {
  const owed = owedFrom(window, timezone, now, progress?.collectedTo);
  const start = window.start === undefined ? undefined : owedFrom(window, timezone, now, undefined);
  const first = spans[0]?.from;
  const begin = start === undefined || first === undefined ? (start ?? first) : Math.min(start, first);
  return { spans, gaps: begin === undefined ? [] : gapsIn(spans, begin, owed), begin, owedFrom: owed };
}

function gapsIn(spans: readonly Span[], begin: number, end: number): Span[] {
  const ends = [begin, ...spans.map(({ to }) => to)];
  const beginnings = [...spans.map(({ from }) => from), end];
  return ends.flatMap((from, index) => {
    const to = Math.min(beginnings[index] ?? end, end);
    return from < to ? [{ from, to }] : [];
  });
}
