import { formatDate, isoSeconds } from '../calendar/date-time.ts';
import { addPeriods, type Period } from '../calendar/period.ts';
import type { Dashboard } from '../model/dashboard.ts';
import { csvLine, plainCell } from '../words/csv-line.ts';
import { FAILURES, type ModuleView } from './dashboard-view.ts';
import type { Figure } from './figure.ts';
import { withoutText } from './figure-text.ts';
import { type FiguresRow, type FiguresTable, figuresTable } from './figures-table.ts';

/** The numbers of a module for programs: those of its page, with all their digits. */

/** When a period begins, and when the next one does: dates, of hours instants. */
function limitsOf(period: Period, start: number): readonly [string, string] {
  const text = period === 'hour' ? isoSeconds : formatDate;
  return [text(start), text(addPeriods(period, start, 1))];
}

/** The earliest period first. */
function tableOf({ module, outcome }: ModuleView, timezone: string): FiguresTable {
  if (outcome.kind === 'failed') return { columns: [], rows: [] };
  const table = figuresTable(module, outcome.figures, timezone);
  return { columns: table.columns, rows: table.rows.toReversed() };
}

/** A table by RFC 4180. A cell is a number or empty; the last column says why, and of which numbers some are missing. */
export function moduleCsv(view: ModuleView, timezone: string): string {
  const { columns, rows } = tableOf(view, timezone);
  const lines = rows.map(({ period, label, figures }) => [
    ...limitsOf(view.module.period, period),
    label,
    ...figures.map((figure) => (figure.kind === 'number' ? figure.text : '')),
    plainCell(remarksOn(columns, figures)),
  ]);
  const head = ['start_at', 'end_at', 'period', ...columns.map(plainCell), 'remarks'];
  return [head, ...lines].map(csvLine).join('');
}

/** `paper: suppressed; Total: at least, without 1 suppressed number` */
function remarksOn(columns: readonly string[], figures: FiguresRow['figures']): string {
  const remarks = figures.flatMap((figure, index) => {
    const remark = remarkOn(figure);
    if (remark === undefined) return [];
    return figures.length === 1 ? [remark] : [`${columns[index] ?? ''}: ${remark}`];
  });
  return remarks.join('; ');
}

function remarkOn(figure: Figure): string | undefined {
  if (figure.kind !== 'number') return figure.kind === 'suppressed' ? 'suppressed' : undefined;
  const without = withoutText(figure);
  return without === undefined || !figure.atLeast ? without : `at least, ${without}`;
}

/** What JSON has of a module. */
export function moduleDocument(view: ModuleView, dashboard: Dashboard) {
  const { module, outcome, data } = view;
  const { columns, rows } = tableOf(view, dashboard.timezone);
  return {
    dashboard: dashboard.slug,
    module: module.slug,
    title: module.title,
    kind: module.kind,
    data_set: `${module.dataSet.data_group}/${module.dataSet.data_type}`,
    updated_at: data.updatedAt === undefined ? null : isoSeconds(data.updatedAt),
    stale: data.isStale,
    published: dashboard.published && data.isPublished,
    ...(outcome.kind === 'failed' ? { error: FAILURES[outcome.cause] } : {}),
    period: module.period,
    columns,
    rows: rows.map(({ period, label, figures }) => {
      const [start_at, end_at] = limitsOf(module.period, period);
      return { start_at, end_at, period: label, values: figures.map(figureDocument) };
    }),
  };
}

export const dashboardDocument = (dashboard: Dashboard, views: readonly ModuleView[]) => ({
  slug: dashboard.slug,
  title: dashboard.title,
  published: dashboard.published,
  modules: views.map((view) => moduleDocument(view, dashboard)),
});

/** A number with all its digits; what is missing in it is told where there is any. */
function figureDocument(figure: Figure) {
  if (figure.kind !== 'number') return { value: null, reason: figure.kind };
  const { text, missing, suppressed, atLeast } = figure;
  return {
    value: JSON.rawJSON(text),
    ...(missing === 0 ? {} : { missing, suppressed, at_least: atLeast }),
  };
}
