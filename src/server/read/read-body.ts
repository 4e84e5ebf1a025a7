import { csvLine } from '../../words/csv-line.ts';
import { parseJson, type ReceivedRecord } from '../records/parse-json.ts';
import type { StoredRecord } from '../store/stored-record.ts';
import { type Item, objectText } from './grouped-answer.ts';
import { platformFields, readableRecord } from './readable-record.ts';

/** The text of an answer, piece by piece. */
export type Text = AsyncIterable<string>;

export async function* recordsJson(records: AsyncIterable<StoredRecord>): AsyncGenerator<string> {
  for await (const record of records) yield readableRecord(record);
}

export async function* itemsJson(items: Iterable<Item>): AsyncGenerator<string> {
  for (const item of items) yield objectText(item);
}

/** `{"data": […]}` around the entries, and a warning after them. */
export async function* jsonBody(entries: Text, warning: string | undefined): AsyncGenerator<string> {
  let before = '{"data":[';
  for await (const entry of entries) {
    yield before + entry;
    before = ',';
  }
  const after = warning === undefined ? ']}\n' : `],"warning":${JSON.stringify(warning)}}\n`;
  yield before === ',' ? after : before + after;
}

/** Dates that the original writes with a blank in place of the T, in CSV only. */
const DATES_OF_RECORDS: readonly string[] = ['_timestamp', '_updated_at'];
const DATES_OF_PERIODS: readonly string[] = ['_start_at', '_end_at'];

/** The records as lines of CSV; they are read twice, because the first line names all their fields. */
export async function* recordsCsv(read: () => Promise<AsyncIterable<StoredRecord>>): AsyncGenerator<string> {
  const names = new Set<string>();
  for await (const record of await read()) {
    if (names.size === 0) for (const [field] of platformFields(record)) names.add(field);
    for (const field of Object.keys(parsedRecord(record))) names.add(field);
  }
  if (names.size === 0) return;
  const fields = [...names].sort();
  yield csvLine(fields);
  for await (const record of await read()) {
    const values = { ...parsedRecord(record), ...Object.fromEntries(platformFields(record)) };
    yield csvLine(fields.map((field) => dated(field, csvText(values[field]), DATES_OF_RECORDS)));
  }
}

export async function* itemsCsv(items: Iterable<Item>): AsyncGenerator<string> {
  const all = [...items];
  if (all.length === 0) return;
  const fields = [...new Set(all.flatMap((item) => [...item.keys()]))].sort();
  yield csvLine(fields);
  for (const item of all) {
    const cells = fields.map((field) => dated(field, csvTextOf(item.get(field) ?? 'null'), DATES_OF_PERIODS));
    yield csvLine(cells);
  }
}

const dated = (field: string, text: string, dates: readonly string[]): string =>
  dates.includes(field) ? text.replace('T', ' ') : text;

/** The fields that were sent; numbers as they were written. */
const parsedRecord = ({ json }: StoredRecord): ReceivedRecord => parseJson(json, true) as ReceivedRecord;

/** Numbers, lists and objects stay JSON. */
const csvTextOf = (json: string): string => (/^[-\d[{]/.test(json) ? json : csvText(JSON.parse(json)));

/** Numbers as in JSON, truth as Python writes it. */
function csvText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value === true) return 'True';
  if (value === false) return 'False';
  return JSON.isRawJSON(value) ? value.rawJSON : String(value);
}
