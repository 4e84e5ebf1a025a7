import type { FieldMapping, RecordMapping, RecordSettings } from '../config/schema/job-schema.ts';
import type { Column, ColumnKind } from '../model/row.ts';
import { MappingError } from './not-a-record.ts';

/** What a job may leave to the columns of its query. */
export type LeftOut = 'timestamp' | 'id';

/** What the mode of a job means for what its `record` leaves out. */
export interface LeftOutRules {
  /** Whether records have a time also when no column gives one. */
  readonly hasOwnTime: boolean;
  /** Columns that tell each row of the query from all others, although they may be numbers. */
  readonly telling: readonly string[];
}

export const leftOutOf = ({ timestamp, id }: RecordSettings, { hasOwnTime }: LeftOutRules): LeftOut[] => [
  ...(timestamp === undefined && !hasOwnTime ? (['timestamp'] as const) : []),
  ...(id === undefined ? (['id'] as const) : []),
];

/**
 * What a job says of its records, with what it leaves out told by the columns of its query: as if it were written in
 * the file. Throws MappingError where they do not tell it.
 */
export function completeRecord(
  settings: RecordSettings,
  columns: readonly Column[],
  rules: LeftOutRules,
): RecordMapping {
  const timestamp = settings.timestamp ?? (rules.hasOwnTime ? undefined : onlyTime(settings, columns));
  return {
    ...settings,
    timestamp,
    id: settings.id ?? tellingFields({ ...settings, timestamp }, columns, rules),
  };
}

const TIMES: readonly ColumnKind[] = ['date', 'local-datetime', 'instant'];
const MAYBE_TIMES: readonly ColumnKind[] = ['dynamic', 'text', 'padded-text'];

/** The column that can be nothing but the `_timestamp`. */
function onlyTime({ omit = [] }: RecordSettings, columns: readonly Column[]): string {
  const kept = columns.filter(({ name }) => !omit.includes(name));
  const times = kept.filter(({ kind, computes }) => TIMES.includes(kind) || computes === 'time');
  const [time, ...others] = times;
  if (time !== undefined && others.length === 0) return time.name;
  const example =
    time ?? kept.find(({ kind, computes }) => MAYBE_TIMES.includes(kind) && computes !== 'number');
  const listed = time === undefined ? kept : times;
  const types = listed.map(({ name, type }) => `${name} (${type === 'any' ? 'no type' : type})`).join(', ');
  throw new MappingError(
    time === undefined
      ? `record.timestamp is left out, and by its type no column of the query is a date or a time: ${types}`
      : `record.timestamp is left out, and the query has more than one date or time: ${types}`,
    example === undefined
      ? 'Select a date or a time, of which the _timestamp is made.'
      : `Name the column that gives _timestamp in a line under record, e.g. timestamp: ${example.name}.`,
  );
}

/**
 * `_timestamp` and what the records count by: every field that is no number, constants included, which keep the records
 * of jobs that share a data set apart. In the order of their names, so that the order of columns changes no id.
 */
function tellingFields(settings: RecordSettings, columns: readonly Column[], rules: LeftOutRules): string[] {
  const fields = fieldsOf(settings, columns);
  refuseHidden(fields, settings, rules);
  const isTelling = ({ name, mapping }: NamedField): boolean =>
    settings.suppress?.fields.includes(name) !== true &&
    (rules.telling.includes(columnOf(mapping) ?? '') || !isNumber(name, mapping, columns, settings));
  const names = fields.filter(isTelling).map(({ name }) => name);
  return ['_timestamp', ...names.toSorted((one, other) => (one < other ? -1 : 1))];
}

interface NamedField {
  readonly name: string;
  readonly mapping: FieldMapping;
}

function fieldsOf(
  { fields, omit = [], timestamp }: RecordSettings,
  columns: readonly Column[],
): NamedField[] {
  if (fields !== undefined) return Object.entries(fields).map(([name, mapping]) => ({ name, mapping }));
  const dropped = [...omit, typeof timestamp === 'string' ? timestamp : timestamp?.column];
  const kept = columns.filter(({ name }) => !dropped.includes(name));
  return kept.map(({ name }) => ({ name, mapping: name }));
}

function columnOf(mapping: FieldMapping): string | undefined {
  if (typeof mapping === 'string') return mapping;
  return 'column' in mapping ? mapping.column : undefined;
}

const NUMBERS: readonly ColumnKind[] = ['integer', 'decimal', 'float'];

/** A null that is constant tells nothing, and may stand in no id: it counts as a number. */
function isNumber(
  name: string,
  mapping: FieldMapping,
  columns: readonly Column[],
  settings: RecordSettings,
): boolean {
  if (typeof mapping === 'object') {
    if ('value' in mapping) return mapping.value === null || typeof mapping.value === 'number';
    if (mapping.as !== undefined) return mapping.as === 'integer' || mapping.as === 'number';
    if (mapping.case !== undefined || mapping.map !== undefined) return false;
  }
  const column = columns.find((each) => each.name === columnOf(mapping));
  if (column?.kind !== 'dynamic') return column === undefined || NUMBERS.includes(column.kind);
  if (column.computes !== undefined) return column.computes === 'number';
  throw new MappingError(
    `record.id is left out, and the column ${column.name} has no type, so that nobody knows whether ${name} is a ` +
      'number that is counted',
    `Write what tells the records apart in a line under record, e.g. id: [${exampleId(settings, columns)}].`,
  );
}

/** What is known to be no number. */
const exampleId = (settings: RecordSettings, columns: readonly Column[]): string =>
  [
    '_timestamp',
    ...fieldsOf(settings, columns).flatMap(({ name, mapping }) => {
      const column = columns.find((each) => each.name === columnOf(mapping));
      return column === undefined || column.kind === 'dynamic' || NUMBERS.includes(column.kind) ? [] : [name];
    }),
  ].join(', ');

/** Without them a row of one run could replace one of another, and nobody would notice. */
function refuseHidden(
  fields: readonly NamedField[],
  { timestamp }: RecordSettings,
  { telling }: LeftOutRules,
): void {
  const shown = [...fields.map(({ mapping }) => columnOf(mapping)), timestamp];
  const hidden = telling.filter((name) => !shown.includes(name));
  if (hidden.length === 0) return;
  throw new MappingError(
    `record.id is left out, and the records do not have what tells rows apart: ${hidden.join(', ')} of cursor.columns`,
    `Make it a field, or write an id under record that names it, e.g. id: { fields: [_timestamp, { column: ${hidden[0]} }] }.`,
  );
}
