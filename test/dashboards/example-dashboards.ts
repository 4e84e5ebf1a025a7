import { addPeriods } from '../../src/calendar/period.ts';
import type { DashboardView, DataState, ModuleView } from '../../src/dashboards/dashboard-view.ts';
import type { Figure } from '../../src/dashboards/figure.ts';
import type { ModuleFigures } from '../../src/dashboards/module-figures.ts';
import type { Dashboard, Module } from '../../src/model/dashboard.ts';
import { at, moduleOf } from './figures-of.ts';

/** Views as tests write them by hand. */

export const NONE: Figure = { kind: 'no data' };
export const SUPPRESSED: Figure = { kind: 'suppressed' };

export const number = (value: number, missing = 0): Figure => ({
  ...{ kind: 'number', value, text: String(value), missing, suppressed: missing },
  atLeast: missing > 0,
});

const DATA: DataState = {
  updatedAt: Date.UTC(2024, 3, 2, 5, 4),
  isStale: false,
  maxAgeExpected: 31 * 86_400_000,
  isPublished: true,
};

const FIRST = { month: '2023-04-01', week: '2024-01-01', quarter: '2022-01-01' } as const;

/** A view of a module with these figures by group. @param text of the module, in flow style and without `data_set` */
export function viewOf(
  text: string,
  groups: Readonly<Record<string, readonly Figure[]>>,
  data: Partial<DataState> = {},
): ModuleView {
  const module = moduleOf(text);
  const { period } = module;
  const first = at(FIRST[period as keyof typeof FIRST] ?? '2020-01-01');
  const series = Object.entries(groups).map(([group, figures]) => ({
    group: module.groupBy === undefined ? undefined : group,
    figures,
  }));
  const periods = (series[0]?.figures ?? []).map((_, index) => addPeriods(period, first, index));
  const totals = module.groupBy === undefined ? (series[0]?.figures ?? []) : totalsOf(series, periods.length);
  const figures: ModuleFigures = {
    ...{ period, periods, series, totals, overall: NONE },
    headline: headlineOf(periods, totals),
  };
  const span = { from: periods[0] ?? first, to: addPeriods(period, periods.at(-1) ?? first, 1) };
  return { module, span, data: { ...DATA, ...data }, outcome: { kind: 'figures', figures } };
}

function totalsOf(
  series: readonly { readonly figures: readonly Figure[] }[],
  count: number,
): readonly Figure[] {
  return Array.from({ length: count }, (_, index) => {
    const own = series.flatMap(({ figures }) => figures[index] ?? []);
    const numbers = own.filter((figure) => figure.kind === 'number');
    if (numbers.length === 0) return own[0] ?? NONE;
    return number(
      numbers.reduce((sum, { value }) => sum + value, 0),
      own.filter(({ kind }) => kind === 'suppressed').length,
    );
  });
}

function headlineOf(periods: readonly number[], totals: readonly Figure[]): ModuleFigures['headline'] {
  const index = totals.findLastIndex(({ kind }) => kind === 'number');
  const [figure, before] = [totals[index], totals[index - 1]];
  if (figure?.kind !== 'number') return undefined;
  const sincePeriodBefore =
    before?.kind === 'number'
      ? {
          ...{ period: periods[index - 1] ?? 0, figure: before, difference: figure.value - before.value },
          share: before.value === 0 ? undefined : figure.value / before.value - 1,
        }
      : undefined;
  return { figure, period: periods[index] ?? 0, sincePeriodBefore, sinceYearBefore: undefined };
}

export const failedView = (text: string): ModuleView => ({
  ...viewOf(text, {}),
  outcome: { kind: 'failed', cause: 'broken' },
});

export function dashboardOf(
  views: readonly ModuleView[],
  settings: Partial<Dashboard> = {},
): DashboardView & { readonly views: readonly ModuleView[] } {
  const dashboard: Dashboard = {
    slug: 'visits',
    file: 'dashboards/visits.yaml',
    title: 'Visits',
    strapline: 'Service dashboard',
    published: true,
    links: [],
    notes: [],
    timezone: 'Europe/London',
    parts: views.map(({ module }): Module => module),
    ...settings,
  };
  return { dashboard, parts: views, views };
}

const wave = (count: number, size: number): readonly Figure[] =>
  Array.from({ length: count }, (_, index) => number(Math.round(size * (1.5 + Math.sin(index + size)))));

const LONG =
  'A title that goes on and on until nobody remembers where it began and Kapitaenswitwenrentenantragsstelle';
const HOSTILE = '"><script>alert(1)</script><b onload=x>';

const named = (count: number): Record<string, readonly Figure[]> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `Office ${String(index + 1).padStart(2, '0')}`,
      wave(12, 100 + 37 * index),
    ]),
  );

const GROUPED = 'type: grouped_timeseries, period: month, group_by: office';

/** Everything that there is to see: short and long, empty and suppressed, twelve channels and thirty. */
export const everything = (): ReturnType<typeof dashboardOf> =>
  dashboardOf(
    [
      viewOf('measure: digital_take_up, digital: [digital]', {
        '': [0.4, 0.42, 0.5, 0.48, 0.61, 0.7].map((value) => number(value)),
      }),
      viewOf('type: single_timeseries, title: Gaps, period: week', {
        '': [number(4), NONE, number(5), SUPPRESSED, number(6), number(7, 2)],
      }),
      viewOf('type: bar_chart, title: Bars, period: quarter', {
        '': [number(-3), number(0), NONE, SUPPRESSED, number(12_345, 1), number(20_000)],
      }),
      viewOf('type: single_timeseries, title: One week, period: week', { '': [number(12)] }),
      viewOf('type: single_timeseries, title: No data, period: month', { '': [] }, { updatedAt: undefined }),
      viewOf('type: bar_chart, title: All suppressed, period: month', { '': [SUPPRESSED, SUPPRESSED] }),
      viewOf(`${GROUPED}, show: stacked, title: Twelve`, named(12)),
      viewOf(`${GROUPED}, title: Twelve lines`, named(12), { isStale: true }),
      viewOf(`${GROUPED}, show: share, title: Shares`, named(4)),
      viewOf(`${GROUPED}, show: stacked, title: Thirty`, named(30), { isPublished: false }),
      viewOf(`${GROUPED}, title: Thirty lines`, { ...named(29), [HOSTILE]: wave(12, 5_000) }),
      viewOf(`type: kpi, title: ${LONG}, period: month`, { '': wave(3, 1_000) }),
      viewOf('type: table, title: A table, period: month, group_by: office', named(3)),
      failedView('type: kpi, title: Broken, period: month'),
      viewOf('type: single_timeseries, title: Huge, period: month, format: duration', {
        '': [number(1e15), number(6.1e15)],
      }),
      viewOf('type: single_timeseries, title: Tiny, period: month', { '': [number(1e-7), number(6e-7)] }),
    ],
    {
      title: `${LONG} ${HOSTILE}`,
      tagline: 'How it goes.',
      published: false,
      department: {
        title: 'Department for Environment, Food and Rural Affairs, and for all that lives there',
      },
      links: [{ title: 'Apply', url: 'https://www.gov.uk/apply' }],
      notes: ['2023-06-10', '2023-07-01', '2023-07-02', '2024-02-01'].map((date) => ({
        at: at(date),
        text: `On ${date}`,
      })),
    },
  );
