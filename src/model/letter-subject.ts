import type { DeadLetter, DeadRow } from './dead-letter.ts';
import type { Column, ColumnKind } from './row.ts';

/** The longest value that is told whole. */
const LONGEST = 40;

/** Which row a dead letter is about: when it is of and its dimensions, and nothing else of what it holds. */
export interface LetterSubject {
  /** `2026-11-16`, or `2026-11-16 13:00` where it is not a day's. */
  readonly time: string | undefined;
  readonly dimensions: readonly (readonly [name: string, value: string])[];
}

/** Of a job's record, what leads from its fields to the columns of its rows; what is left out, the columns tell. */
export interface RecordNames {
  readonly timestamp?: string | { readonly column: string } | undefined;
  readonly id?: readonly string[] | { readonly fields: readonly unknown[] } | undefined;
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
}

/** @param names of its job; undefined: there is no such job any more */
export function subjectOf({ content }: DeadLetter, names: RecordNames | undefined): LetterSubject {
  if (content.kind === 'row') return subjectOfRow(content, names);
  const { _timestamp: timestamp, ...fields } = JSON.parse(content.json) as Record<string, unknown>;
  const ids = new Set(names === undefined ? [] : partsOf(names.id));
  const dimensions = Object.entries(fields)
    .filter(([name]) => !name.startsWith('_'))
    // A number is a measure, unless it is what tells records apart.
    .map(([name, value]) => [name, ids.has(name) ? plain(value) : value] as const);
  return { time: timeText(timestamp), dimensions: textsOf(dimensions) };
}

/** A row may hold more than its records: only what their ids are made of is told. */
function subjectOfRow({ columns, row }: DeadRow, names: RecordNames | undefined): LetterSubject {
  if (names === undefined) return { time: undefined, dimensions: [] };
  const { timestamp, id, fields } = names;
  const columnNamed = (name: string | undefined) => columns.findIndex((column) => column.name === name);
  const columnOf = (field: string) => columnNamed(fields === undefined ? field : columnIn(fields[field]));
  const isText = (field: string) => TEXTS.includes(columns[columnOf(field)]?.kind);
  const telling = id === undefined ? Object.keys(fields ?? namesOf(columns)).filter(isText) : partsOf(id);
  const dimensions = telling.map((field) => [field, plain(row[columnOf(field)])] as const);
  const time =
    timestamp === undefined
      ? columns.findIndex(({ kind }) => TIMES.includes(kind))
      : columnNamed(columnIn(timestamp));
  return { time: timeText(row[time]), dimensions: textsOf(dimensions) };
}

type MaybeKind = ColumnKind | undefined;
const TEXTS: readonly MaybeKind[] = ['text', 'padded-text'];
const TIMES: readonly MaybeKind[] = ['date', 'local-datetime', 'instant'];

const namesOf = (columns: readonly Column[]) => Object.fromEntries(columns.map(({ name }) => [name, name]));

/** The fields that an id is made of; constants and columns that are not in the record are left out. */
const partsOf = (id: RecordNames['id']): readonly string[] =>
  (id === undefined ? [] : 'fields' in id ? id.fields : id).filter((part) => typeof part === 'string');

const plain = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;

/** A column stands alone, or in a mapping with what becomes of it. */
function columnIn(mapping: unknown): string | undefined {
  if (typeof mapping === 'string') return mapping;
  const { column } = Object(mapping) as { readonly column?: unknown };
  return typeof column === 'string' ? column : undefined;
}

function timeText(value: unknown): string | undefined {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d))?/.exec(String(value)) ?? [];
  return time === undefined || time === '00:00' ? day : `${day} ${time}`;
}

/** What is no text cannot be told in a line. */
const textsOf = (entries: readonly (readonly [string, unknown])[]): LetterSubject['dimensions'] =>
  entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, lineOf(value)] as const] : []));

function lineOf(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ');
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}

/** `2026-11-16, channel digital, office Leeds`; `–` where nothing is known. */
export function subjectText({ time, dimensions }: LetterSubject): string {
  const parts = dimensions.map(([name, value]) => `${name} ${value}`);
  return [...(time === undefined ? [] : [time]), ...parts].join(', ') || '–';
}
