import { html, type Markup, said } from '../../look/markup.ts';
import type { Module } from '../../model/dashboard.ts';
import { grouped } from '../../words/counts.ts';
import type { Figure } from '../figure.ts';
import { figureText, withoutText } from '../figure-text.ts';
import { type FiguresRow, type FiguresTable, figuresTable, tableFormat } from '../figures-table.ts';
import type { ModuleFigures } from '../module-figures.ts';
import { largest } from './drawn-series.ts';
import { type ModuleQuery, moduleAddress } from './page-query.ts';

const ROWS_OF_DASHBOARD = 6;
const GROUPS_OF_DASHBOARD = 24;
/** So that a page stays small. */
const MOST_GROUPS = 200;
const MOST_CELLS = 2_400;

/** The newest numbers. */
export function shortTable(module: Module, figures: ModuleFigures, timezone: string): Markup {
  const table = tableOfLargest(module, figures, timezone, GROUPS_OF_DASHBOARD);
  return html`${tableMarkup(module, table, table.rows.slice(0, ROWS_OF_DASHBOARD))}
    ${groupsLeftOut(figures, GROUPS_OF_DASHBOARD)}`;
}

/** All numbers in the order that the query asks for, with heads that lead to other orders. */
export function wholeTable(
  module: Module,
  figures: ModuleFigures,
  timezone: string,
  query: ModuleQuery,
): Markup {
  const table = tableOfLargest(module, figures, timezone, MOST_GROUPS);
  const rows = sortedRows(table.rows, query);
  const most = Math.ceil(MOST_CELLS / Math.max(table.columns.length, 1));
  return html`${tableMarkup(module, table, rows.slice(0, most), query)}
    ${groupsLeftOut(figures, MOST_GROUPS)}
    ${
      rows.length > most
        ? html`<p class="sub">The table ends after ${most} of ${rows.length} rows; CSV and JSON have all of them.</p>`
        : undefined
    }`;
}

const tableOfLargest = (
  module: Module,
  figures: ModuleFigures,
  timezone: string,
  most: number,
): FiguresTable => figuresTable(module, { ...figures, series: largest(figures.series, most) }, timezone);

function groupsLeftOut({ series }: ModuleFigures, most: number): Markup {
  if (series.length <= most) return undefined;
  return html`<p class="sub">The table shows the ${most} largest of ${grouped(series.length)}; CSV and JSON have all of them.</p>`;
}

/** What is no number comes last, whatever the order. */
function sortedRows(rows: readonly FiguresRow[], { sort, isDescending }: ModuleQuery): readonly FiguresRow[] {
  const direction = isDescending ? -1 : 1;
  if (sort === undefined) return rows.toSorted((one, other) => direction * (one.period - other.period));
  const numberOf = ({ figures }: FiguresRow) => {
    const figure = figures[sort];
    return figure?.kind === 'number' ? figure.value : undefined;
  };
  return rows.toSorted((one, other) => {
    const [left, right] = [numberOf(one), numberOf(other)];
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined);
    return direction * (left - right);
  });
}

/** @param query undefined: the heads are no links */
function tableMarkup(
  module: Module,
  { columns }: FiguresTable,
  rows: readonly FiguresRow[],
  query?: ModuleQuery,
): Markup {
  const label = `${module.title}, as a table`;
  return html`<div class="scroll" role="region" aria-label=${label} tabindex="0"><table class="amounts numbers">
    <caption class="hidden">${label}</caption>
    <thead><tr>${head(PERIOD_HEADS[module.period], undefined, query)}
      ${columns.map((column, index) => head(column, index, query))}</tr></thead>
    <tbody>${
      rows.length === 0
        ? html`<tr><td class="none" colspan=${columns.length + 1}>No data</td></tr>`
        : rows.map(
            ({ label: name, figures }) =>
              html`<tr><th scope="row">${name}</th>${figures.map((figure) => cell(module, figure))}</tr>`,
          )
    }</tbody></table></div>`;
}

const PERIOD_HEADS = {
  hour: 'Hour',
  day: 'Day',
  week: 'Week',
  month: 'Month',
  quarter: 'Quarter',
  year: 'Year',
} as const;

function head(words: string, column: number | undefined, query: ModuleQuery | undefined): Markup {
  if (query === undefined) return html`<th scope="col">${said(words)}</th>`;
  const isSorted = query.sort === column;
  const order = isSorted ? (query.isDescending ? 'descending' : 'ascending') : undefined;
  const target = moduleAddress(query, { sort: column, isDescending: isSorted ? !query.isDescending : true });
  const arrow = order && html`<span aria-hidden="true"> ${order === 'descending' ? '▼' : '▲'}</span>`;
  return html`<th scope="col" aria-sort=${order}><a href=${target === '' ? '?' : target}>${said(words)}${arrow}</a></th>`;
}

function cell(module: Module, figure: Figure): Markup {
  const without = withoutText(figure);
  return figure.kind === 'number'
    ? html`<td title=${without}>${figureText(figure, tableFormat(module))}</td>`
    : html`<td class="none">${figure.kind}</td>`;
}
