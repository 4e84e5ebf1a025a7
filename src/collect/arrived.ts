import { addPeriods, type Period } from '../calendar/period.ts';
import type { Complete, SnapshotJob, WindowJob } from '../config/config.ts';
import { Figures, MOST_PERIODS, type PeriodFigures } from '../model/figures.ts';
import type { NewFigures, Span } from '../model/progress.ts';
import type { DataRecord } from '../model/record.ts';
import type { RefusedRecord } from '../model/target.ts';
import { figuresOfTexts, periodOf, type TallyRules } from '../records/measures.ts';
import type { Window } from '../schedule/window.ts';
import type { MarkedBatch } from './run-so-far.ts';

/** By what the records of a job are added up. Those of a cursor job have no periods: theirs are days. */
export function tallyRules(job: Complete): TallyRules {
  const mapping = job.record;
  switch (job.mode) {
    case 'window':
      return { mapping, period: job.window.period, zone: undefined };
    case 'cursor':
      return { mapping, period: 'day', zone: job.timezone };
    case 'snapshot':
      return { mapping, period: job.snapshot.period, zone: undefined };
  }
}

/**
 * Of a window only its own periods are added up: what lies outside would be added each time that the window is collected
 * again. Of many only the newest are kept.
 */
export function windowTallyRules(job: Complete<WindowJob>, { timestamps }: Window): TallyRules {
  const { period } = job.window;
  const [from, to] = [Date.parse(timestamps[0]), Date.parse(timestamps[1])];
  return { ...tallyRules(job), within: { from: Math.max(from, addPeriods(period, to, -MOST_PERIODS)), to } };
}

/** What has arrived with a batch that is acknowledged: all of it but what is refused. */
export function arrivedWith(
  { batch, figures }: Pick<MarkedBatch, 'batch' | 'figures'>,
  refused: readonly RefusedRecord[],
  rules: TallyRules,
): readonly PeriodFigures[] {
  if (refused.length === 0) return figures ?? figuresOfTexts(batch.texts(), rules);
  const ids = new Set(refused.map(({ id }) => id));
  const records = batch.records();
  if (figures === undefined) return figuresOfTexts(textsOf(records.filter(({ id }) => !ids.has(id))), rules);
  const missing = figuresOfTexts(textsOf(records.filter(({ id }) => ids.has(id))), rules);
  return new Figures().add(figures).add(missing, -1).periods();
}

const textsOf = (records: readonly DataRecord[]): string[] => records.map(({ json }) => json);

/** Of a snapshot without records. @param takenAt epoch milliseconds */
export const nothingAt = (job: Complete<SnapshotJob>, takenAt: number, snapshot: number): NewFigures => ({
  length: job.snapshot.period,
  periods: [{ period: periodOf(takenAt, { ...tallyRules(job), zone: job.timezone }), records: 0, sums: {} }],
  snapshot,
});

/** A span of periods of which nothing has arrived: that is known, too. */
export function nothingIn(length: Period, { from, to }: Span): readonly PeriodFigures[] {
  const periods: PeriodFigures[] = [];
  for (let end = to; end > from && periods.length < MOST_PERIODS; ) {
    end = addPeriods(length, end, -1);
    periods.push({ period: end, records: 0, sums: {} });
  }
  return periods;
}
