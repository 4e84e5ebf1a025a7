import { parseDate } from '../calendar/date-time.ts';
import type {
  Dashboard,
  DataSetAddress,
  FieldFilter,
  Module,
  NumberFormat,
  Section,
  Show,
} from '../model/dashboard.ts';
import { DURATIONS, MODULE_KINDS, slugOf } from '../model/module-kinds.ts';
import { formulaOf } from './module-formula.ts';
import type { DashboardFile, ModuleSettings, PartSettings } from './schema/dashboard-schema.ts';

/** The data sets that there are, by `data_group/data_type`. */
export type DataSetsByAddress = ReadonlyMap<string, DataSetAddress>;

/** The dashboard that a file describes; the schema has seen to its keys, and all its data sets are there. */
export function dashboardOfFile(
  { modules, notes, ...file }: DashboardFile,
  slug: string,
  path: string,
  dataSets: DataSetsByAddress,
): Dashboard {
  return {
    ...file,
    slug,
    file: path,
    notes: notes.map(({ at, text }) => ({ at: parseDate(at) ?? 0, text })),
    parts: modules.map((part) => partOf(part, dataSets)),
  };
}

function partOf(
  { type, modules = [], ...settings }: PartSettings,
  dataSets: DataSetsByAddress,
): Section | Module {
  if (type !== 'section') return moduleOf({ ...settings, type }, dataSets);
  const { title = '', slug = slugOf(title), description } = settings;
  return {
    kind: 'section',
    slug,
    title,
    description,
    modules: modules.map((module) => moduleOf(module, dataSets)),
  };
}

function moduleOf(settings: ModuleSettings, dataSets: DataSetsByAddress): Module {
  const { measure, type, description, about, data_set = '', filter_by = {}, start_at, group_by } = settings;
  const kind = measure ?? type ?? 'kpi';
  const traits = MODULE_KINDS[kind];
  const title = settings.title ?? traits.title ?? '';
  const period = settings.period ?? traits.period ?? 'month';
  const dataSet = dataSets.get(data_set);
  if (dataSet === undefined) throw new Error(`the data set ${data_set} was not looked for`);
  return {
    kind,
    slug: settings.slug ?? slugOf(settings.title ?? measure ?? title),
    title,
    description,
    about,
    dataSet,
    filters: Object.entries(filter_by).map(filterOf),
    period,
    startAt: start_at === undefined ? undefined : parseDate(start_at),
    duration: settings.duration ?? DURATIONS[period],
    formula: formulaOf(settings),
    groupBy: group_by,
    show: showOf(settings),
    format: formatOf(settings.format, traits.format),
  };
}

const filterOf = ([field, value]: [string, string | number | boolean]): FieldFilter => ({
  field,
  value: typeof value === 'boolean' ? value : String(value),
});

function showOf({ type, show = 'lines' }: ModuleSettings): Show {
  if (type === 'kpi' || type === 'table') return 'nothing';
  return type === 'bar_chart' ? 'bars' : show;
}

const formatOf = (format: ModuleSettings['format'], byDefault: NumberFormat['type']): NumberFormat =>
  typeof format === 'object' ? format : { type: format ?? byDefault };
