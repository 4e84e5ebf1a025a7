import type { Module, NumberFormat } from '../model/dashboard.ts';
import type { Figure } from './figure.ts';
import { type ModuleFigures, type Series, sharesOf } from './module-figures.ts';
import { periodLabel } from './period-label.ts';

/** The numbers of a module as a table: what a chart shows, for those who read. */
export interface FiguresTable {
  /** Heads of the columns behind the period: of groups their values and `Total`, or `All`, else the title of the module. */
  readonly columns: readonly string[];
  /** The newest period first. */
  readonly rows: readonly FiguresRow[];
}

export interface FiguresRow {
  /** The start of the period, and its name. */
  readonly period: number;
  readonly label: string;
  /** One for each column. */
  readonly figures: readonly Figure[];
}

/** What a group is called: one without a value, or with nothing that can be seen in it, has a name, too. */
export function groupName({ group }: Series): string {
  if (group === undefined) return 'not given';
  return /\S/.test(group) ? group : 'empty';
}

const TOTAL = 'Total';
/** A mean of all is no total. */
const ALL = 'All';

/** How the numbers of the table are written: shares are percentages, whatever they are shares of. */
export const tableFormat = ({ show, format }: Module): NumberFormat =>
  show === 'share' && format.type !== 'percent' ? { type: 'percent' } : format;

/** @param timezone in which hours are shown */
export function figuresTable(module: Module, figures: ModuleFigures, timezone: string): FiguresTable {
  const { period, periods, series, totals } = figures;
  const isGrouped = module.groupBy !== undefined;
  const shown = (each: Series) => (module.show === 'share' ? sharesOf(figures, each) : each.figures);
  // Shares add up to the whole, which nobody needs to read.
  const hasTotal = isGrouped && module.show !== 'share';
  const columns = [...series.map(shown), ...(hasTotal ? [totals] : [])];
  const rows = periods.map((start, index) => ({
    period: start,
    label: periodLabel(period, start, timezone),
    figures: columns.flatMap((column) => column[index] ?? []),
  }));
  return {
    columns: isGrouped
      ? [...series.map(groupName), ...(hasTotal ? [module.formula.kind === 'mean' ? ALL : TOTAL] : [])]
      : [module.title],
    rows: rows.reverse(),
  };
}
