import type { Module } from '../../model/dashboard.ts';
import { capitalized, counted, listed } from '../../words/counts.ts';
import type { Figure } from '../figure.ts';
import { figureText } from '../figure-text.ts';
import { tableFormat } from '../figures-table.ts';
import type { ModuleFigures } from '../module-figures.ts';
import { periodLabel } from '../period-label.ts';
import type { DrawnSeries } from './drawn-series.ts';

/** What a chart shows, for those who do not see it. */
export function chartSentence(
  module: Module,
  { periods, totals }: ModuleFigures,
  series: readonly DrawnSeries[],
  timezone: string,
): string {
  const nameOf = (index: number) => periodLabel(module.period, periods[index] ?? 0, timezone);
  const span = `${counted(periods.length, module.period)}, ${nameOf(0)}${periods.length > 1 ? ` to ${nameOf(periods.length - 1)}` : ''}.`;
  const text = (figure: Figure | undefined) =>
    figure === undefined ? 'no data' : figureText(figure, tableFormat(module));
  const parts = series.map(({ name, figures }) => {
    const own = figures.flatMap((figure, index) => (figure.kind === 'number' ? [{ figure, index }] : []));
    const ordered = own.toSorted((one, other) => one.figure.value - other.figure.value);
    const [least, most, newest] = [ordered[0], ordered.at(-1), own.at(-1)];
    if (least === undefined || most === undefined || newest === undefined)
      return `${name === undefined ? '' : `${name}: `}no numbers.`;
    // Of many lines the ends are told only.
    if (name !== undefined) return `${name}: ${text(newest.figure)} in ${nameOf(newest.index)}.`;
    if (own.length === 1) return `The only number is ${text(newest.figure)}, in ${nameOf(newest.index)}.`;
    return (
      `The lowest is ${text(least.figure)} in ${nameOf(least.index)}, the highest ${text(most.figure)} in ` +
      `${nameOf(most.index)}, the newest ${text(newest.figure)} in ${nameOf(newest.index)}.`
    );
  });
  return [span, ...parts, withoutNumbers(totals)].filter((part) => part !== '').join(' ');
}

/** `2 have no data and 1 is suppressed.` */
function withoutNumbers(totals: readonly Figure[]): string {
  const count = (kind: Figure['kind']) => totals.filter((figure) => figure.kind === kind).length;
  const [none, suppressed] = [count('no data'), count('suppressed')];
  const parts = [
    ...(none === 0 ? [] : [`${none} ${none === 1 ? 'has' : 'have'} no data`]),
    ...(suppressed === 0 ? [] : [`${suppressed} ${suppressed === 1 ? 'is' : 'are'} suppressed`]),
  ];
  return parts.length === 0 ? '' : `${capitalized(listed(parts))}.`;
}
