import { loadWriteApiConfig } from '../../src/config/load-write-api-config.ts';
import type { Figure } from '../../src/dashboards/figure.ts';
import { type ModuleFigures, moduleFigures } from '../../src/dashboards/module-figures.ts';
import { moduleQueries } from '../../src/dashboards/module-queries.ts';
import { type AskedSpan, neededSpans, shownSpan } from '../../src/dashboards/shown-span.ts';
import type { Module } from '../../src/model/dashboard.ts';
import { queryTallies } from '../../src/server/read/read-items.ts';
import { formatTimestamp } from '../../src/server/records/timestamp.ts';
import type { Store } from '../../src/server/store/store.ts';
import type { NewRecord } from '../../src/server/store/stored-record.ts';
import { folderOf } from '../config/folder.ts';
import { newDataSet, UPDATED_AT } from '../server/store-kinds.ts';

/** The module that a dashboard has of this YAML, in flow style and without `data_set`. */
export function moduleOf(text: string): Module {
  const afterwards: (() => void)[] = [];
  const files = {
    'write-api.yaml': 'dashboards: .\ndata_sets: [{ data_group: a, data_type: b, token: abc }]\n',
    'visits.yaml': `title: Visits\nmodules: [{ data_set: a/b, ${text} }]\n`,
  };
  const currentDirectory = folderOf(files, (remove) => afterwards.push(remove));
  const { dashboards } = loadWriteApiConfig('write-api.yaml', { environment: {}, currentDirectory });
  for (const remove of afterwards) remove();
  const [part] = dashboards[0]?.parts ?? [];
  if (part === undefined || part.kind === 'section') throw new Error(`there is no module in ${text}`);
  return part;
}

type Fields = Readonly<Record<string, unknown>>;

/** Milliseconds since 1970 of a date or a time in UTC. */
export const at = (text: string): number => Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text);

/** A record as the store takes it. @param json its fields as JSON, without braces */
export function storedRecord(id: string, time: number, json: string): NewRecord {
  const timestamp = formatTimestamp(time);
  return {
    id,
    timestamp,
    json: `{"_id":"${id}","_timestamp":"${timestamp}"${json === '' ? '' : `,${json}`}}`,
  };
}

/** A new data set with these records: a date or a time and fields. */
export async function dataSetOf(
  store: Store,
  records: readonly (readonly [string, Fields])[],
): Promise<string> {
  const name = newDataSet();
  const stored = records.map(([time, fields], index) =>
    storedRecord(`r${index}`, at(time), JSON.stringify(fields).slice(1, -1)),
  );
  await store.replace(name, stored, UPDATED_AT);
  return name;
}

export interface Asked extends AskedSpan {
  readonly now: number;
  readonly timezone?: string;
}

/** The figures of a module as a page would have them. */
export async function figuresOf(
  store: Store,
  dataSet: string,
  module: Module,
  { now, timezone = 'Europe/London', ...asked }: Asked,
): Promise<ModuleFigures> {
  const span = shownSpan(module, now, timezone, asked);
  const queries = moduleQueries(module, neededSpans(module.period, span));
  const answers = await Promise.all(queries.map((query) => queryTallies(store, dataSet, query, now)));
  return moduleFigures(module, span, answers);
}

/** `12`, `at least 12`, `suppressed`, `no data` */
export function plain(figure: Figure | undefined): string {
  if (figure?.kind !== 'number') return figure?.kind ?? 'nothing';
  return `${figure.atLeast ? 'at least ' : ''}${figure.text}`;
}
