import { leftOutRules } from '../collect/complete-job.ts';
import type { Job } from '../config/config.ts';
import type { JobTest } from '../config/schema/job-schema.ts';
import type { DataRecord } from '../model/record.ts';
import type { Column, RawValue, Row } from '../model/row.ts';
import type { RecordRules } from '../records/compile-records.ts';
import { runMappingTest } from '../records/mapping-test.ts';

const MOST_ROWS = 3;

type Values = JobTest['rows'][number];

/** A row of a query and what it has become. */
interface Example {
  readonly row: Row;
  readonly record: DataRecord | undefined;
}

/** A test of a job, of rows that its query has given; undefined where there are none, or values are not as YAML has them. */
export function exampleTest(
  job: Job,
  columns: readonly Column[],
  examples: readonly Example[],
  rules: RecordRules,
): JobTest | undefined {
  const chosen = examples
    .flatMap(({ row, record }) => (record === undefined ? [] : [{ row, record: valuesOf(record) }]))
    .slice(0, MOST_ROWS);
  const [first] = chosen;
  if (first === undefined) return undefined;
  const day = String(first.record._timestamp).slice(0, 10);
  const test: JobTest = {
    name: `rows of ${day} become records`,
    rows: chosen.map(({ row, record }) => givenRow(columns, row, record)),
    records: chosen.map(({ record: { _id, ...rest } }) => rest),
  };
  return runMappingTest(test, job.record, rules, leftOutRules(job)).passed ? test : undefined;
}

const valuesOf = ({ json }: DataRecord): Values => JSON.parse(json);

function givenRow(columns: readonly Column[], row: Row, record: Values): Values {
  return Object.fromEntries(
    columns.map(({ name }, index) => {
      const became = record[name];
      return [name, typeof became === 'boolean' ? became : given(row[index] ?? null)];
    }),
  );
}

const given = (value: RawValue): Values[string] =>
  typeof value === 'bigint' || value instanceof Uint8Array ? String(value) : value;
