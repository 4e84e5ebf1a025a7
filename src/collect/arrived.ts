import { addPeriods, type Period } from '../calendar/period.ts';
import type { Complete, SnapshotJob, WindowJob } from '../config/config.ts';
import { Figures, MOST_PERIODS, type PeriodFigures } from '../model/figures.ts';
import type { NewFigures, Span } from '../model/progress.ts';
import type { DataRecord } from '../model/record.ts';
import type { RefusedRecord } from '../model/target.ts';
import { figuresOfTexts, periodOf, type TallyRules } from '../records/measures.ts';
import type { Window } from '../schedule/window.ts';
import type { MarkedBatch } from './marked-batch.ts';

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

/** What has arrived with a batch that is acknowledged: all that its figures have but what is refused. */
export function arrivedWith(
  { batch, figures, open = 0 }: Pick<MarkedBatch, 'batch' | 'figures' | 'open'>,
  refused: readonly RefusedRecord[],
  rules: TallyRules,
): readonly PeriodFigures[] {
  if (refused.length === 0) return figures ?? figuresOfTexts(batch.texts(), rules);
  const isRefused = among(refused);
  const records = batch.records();
  if (figures === undefined)
    return figuresOf(
      records.filter((each) => !isRefused(each)),
      rules,
    );
  const missing = figuresOf(records.slice(0, batch.count - open).filter(isRefused), rules);
  return new Figures().add(figures).add(missing, -1).periods();
}

/** What has arrived with the batches of a query. */
export class Arrivals {
  readonly #rules: TallyRules;
  readonly #arrived = new WeakMap<MarkedBatch, Record<'own' | 'later', readonly PeriodFigures[]>>();
  /** Refused records that the batch will have in its figures with which their group ends. */
  readonly #refused: PeriodFigures[] = [];
  #position: MarkedBatch['cursor'];

  constructor(rules: TallyRules) {
    this.#rules = rules;
  }

  /** Notes a batch that is acknowledged, while it can be read. */
  acknowledged(sent: MarkedBatch, refused: readonly RefusedRecord[]): void {
    const { batch, open = 0 } = sent;
    const last = open === 0 || refused.length === 0 ? [] : batch.records().slice(batch.count - open);
    this.#arrived.set(sent, {
      own: arrivedWith(sent, refused, this.#rules),
      later: figuresOf(last.filter(among(refused)), this.#rules),
    });
  }

  /** What is certain to have arrived with a batch that is acknowledged with all before it; each in its turn. */
  reached(sent: MarkedBatch): readonly PeriodFigures[] {
    const { own = [], later = [] } = this.#arrived.get(sent) ?? {};
    const hasEnded = sent.cursor !== this.#position;
    this.#position = sent.cursor;
    const missing = hasEnded ? this.#refused.splice(0) : [];
    this.#refused.push(...later);
    return missing.length === 0 ? own : new Figures().add(own).add(missing, -1).periods();
  }
}

const among = (refused: readonly RefusedRecord[]) => {
  const ids = new Set(refused.map(({ id }) => id));
  return ({ id }: DataRecord): boolean => ids.has(id);
};

const figuresOf = (records: readonly DataRecord[], rules: TallyRules): readonly PeriodFigures[] =>
  figuresOfTexts(
    records.map(({ json }) => json),
    rules,
  );

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
