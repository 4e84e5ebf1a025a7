import { isoSeconds } from '../calendar/date-time.ts';
import type { JobTest, RecordSettings } from '../config/schema/job-schema.ts';
import type { Column, Row } from '../model/row.ts';
import { compileRecords, type RecordEncoder, type RecordRules } from './compile-records.ts';
import { givenRows, isLongNumber, neededColumns } from './given-rows.ts';
import { completeRecord, type LeftOutRules } from './left-out.ts';
import { MappingError, NotARecordError } from './not-a-record.ts';
import { snapshotTimestamp } from './timestamp.ts';

/** What came of one test of a job. */
export interface TestResult {
  readonly name: string;
  readonly passed: boolean;
  /** The records that are not as expected. */
  readonly differences: readonly RecordDifference[];
  /** Why rows, or all of them, are not records. */
  readonly problems: readonly TestProblem[];
}

/** How one record differs; `missing` was expected and did not come, `extra` came and was not expected. */
export interface RecordDifference {
  /** Counted from 1. */
  readonly record: number;
  readonly kind: 'different' | 'missing' | 'extra';
  readonly fields: readonly FieldDifference[];
}

/** The JSON texts of a field; undefined where the record does not have it. */
export interface FieldDifference {
  readonly field: string;
  readonly expected: string | undefined;
  readonly got: string | undefined;
}

export interface TestProblem {
  readonly message: string;
  readonly remedy: string;
}

const EXPONENT = /^-?[\d.]+e/i;

/** The JSON texts of a record's fields. */
type JsonTexts = Readonly<Record<string, string>>;

/** Makes records of the rows of a test, as a run would, and compares them with the records that it expects. */
export function runMappingTest(
  test: JobTest,
  mapping: RecordSettings,
  rules: Omit<RecordRules, 'timestamps'>,
  leftOut: LeftOutRules,
): TestResult {
  const { columns, rows } = givenRows(test, mapping);
  // Of a column without a value nobody knows what it holds.
  const isKnown = (_: Column, index: number) => rows.some((row) => (row[index] ?? null) !== null);
  const columnNames = columns.map(({ name }) => name);
  const lacking = neededColumns(mapping).filter((name) => !columnNames.includes(name));
  if (lacking.length > 0) return resultOf(test, [], [lackingColumns(lacking, columnNames)]);
  // Nobody should have to give values for columns that are dropped.
  const omit = mapping.omit?.filter((name) => columnNames.includes(name));
  try {
    const whole = completeRecord({ ...mapping, omit }, columns.filter(isKnown), leftOut);
    const encoder = compileRecords(whole, columns, {
      ...rules,
      timestamps: undefined,
      snapshotTimestamp: timestampOfTest(test, rules),
    });
    const { records, problems } = encodeRows(rows, encoder, test.refused);
    const free = encoder.timestampColumn === undefined ? ['_id', '_timestamp'] : ['_id'];
    return resultOf(test, differencesOf(test.records ?? [], records, free), problems);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    return resultOf(test, [], [error]);
  }
}

/** A snapshot of a test is taken when its records say: they tell the start of its period, or whatever falls into it. */
function timestampOfTest({ records = [] }: JobTest, rules: Omit<RecordRules, 'timestamps'>): string {
  const timestamps = records.map(({ _timestamp }) => Date.parse(String(_timestamp)));
  const takenAt = timestamps.find((instant) => !Number.isNaN(instant)) ?? 0;
  return rules.period === undefined ? isoSeconds(takenAt) : snapshotTimestamp(takenAt, rules.period, 'UTC');
}

function resultOf(
  { name }: JobTest,
  differences: readonly RecordDifference[],
  errors: readonly TestProblem[],
): TestResult {
  const problems = errors.map(({ message, remedy }) => ({ message, remedy }));
  return { name, passed: differences.length === 0 && problems.length === 0, differences, problems };
}

function lackingColumns(lacking: readonly string[], given: readonly string[]): TestProblem {
  const names = lacking.join(', ');
  return {
    message: `no row of the test has a value for ${names}, which the record is made of`,
    remedy: `Give the rows the columns that the query returns; they have ${given.join(', ') || 'none'}.`,
  };
}

function encodeRows(rows: readonly Row[], encoder: RecordEncoder, refused: string | undefined) {
  const [records, problems]: [JsonTexts[], TestProblem[]] = [[], []];
  const rowOfId = new Map<string, number>();
  let isRefusedAsExpected = refused === undefined;
  for (const [index, row] of rows.entries()) {
    const encoded = encodeRow(row, encoder);
    if (encoded instanceof NotARecordError) {
      const isExpected = refused !== undefined && encoded.message.includes(refused);
      if (isExpected) isRefusedAsExpected = true;
      else problems.push(notARecord(index + 1, encoded));
      continue;
    }
    const other = rowOfId.get(encoded.id);
    if (other !== undefined) problems.push(sameId(other, index + 1));
    rowOfId.set(encoded.id, index + 1);
    records.push(jsonTexts(encoded.json));
  }
  if (!isRefusedAsExpected) problems.push(nothingRefused(refused ?? ''));
  return { records, problems };
}

function encodeRow(row: Row, encoder: RecordEncoder) {
  try {
    return encoder.encode(row);
  } catch (error) {
    if (error instanceof NotARecordError) return error;
    throw error;
  }
}

const notARecord = (row: number, { message, remedy }: NotARecordError): TestProblem => ({
  message: `row ${row} is not a record: ${message}`,
  remedy,
});

const sameId = (first: number, second: number): TestProblem => ({
  message: `rows ${first} and ${second} have the same _id, with which a run fails`,
  remedy: 'Group such rows in the query, or add to record.id a field that tells them apart and is no count.',
});

const nothingRefused = (reason: string): TestProblem => ({
  message: `no row was refused with the reason ${JSON.stringify(reason)}`,
  remedy: 'Correct refused, which is a part of the reason, or the row that should not become a record.',
});

/** With the digits of numbers as they are sent. */
function jsonTexts(json: string): JsonTexts {
  return JSON.parse(json, (key: string, value: unknown, context?: { source: string }) => {
    if (key === '') return value;
    return typeof value === 'number' ? context?.source : JSON.stringify(value);
  });
}

/** @param free fields that count only in records that expect them */
function differencesOf(
  expected: NonNullable<JobTest['records']>,
  got: readonly JsonTexts[],
  free: readonly string[],
) {
  const differences: RecordDifference[] = [];
  for (let index = 0; index < Math.max(expected.length, got.length); index++) {
    const wanted = expected[index];
    const fields = fieldDifferences(wanted ?? {}, got[index] ?? {}, free);
    const kind = got[index] === undefined ? 'missing' : wanted === undefined ? 'extra' : 'different';
    if (kind !== 'different' || fields.length > 0) differences.push({ record: index + 1, kind, fields });
  }
  return differences;
}

/** In the order of the record, then what it lacks. */
function fieldDifferences(
  wanted: Readonly<Record<string, unknown>>,
  got: JsonTexts,
  free: readonly string[],
): FieldDifference[] {
  const names = new Set([...Object.keys(got), ...Object.keys(wanted)]);
  for (const name of free) if (!Object.hasOwn(wanted, name)) names.delete(name);
  return [...names]
    .map((field) => {
      const expected = Object.hasOwn(wanted, field) ? JSON.stringify(wanted[field]) : undefined;
      return { field, expected, got: Object.hasOwn(got, field) ? got[field] : undefined };
    })
    .filter((each) => !isSame(each.expected, each.got));
}

function isSame(expected: string | undefined, got: string | undefined): boolean {
  if (expected === got) return true;
  if (expected === undefined || got === undefined) return false;
  if (isLongNumber(got) && expected === JSON.stringify(got)) return true;
  // The same number may be written with an exponent and without.
  return [expected, got].some((json) => EXPONENT.test(json)) && Number(expected) === Number(got);
}
