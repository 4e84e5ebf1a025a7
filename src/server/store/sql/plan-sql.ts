import {
  type CollectedValues,
  type GroupRow,
  type GroupsPlan,
  MAXIMUM_GROUPS,
  type RecordsPlan,
} from '../../read/read-plan.ts';
import type { ReadSql } from './read-sql.ts';
import { SqlWriter } from './sql-writer.ts';

/** SQL with its parameters; whatever a client sent is a parameter. */
export interface ReadStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** The records of a plan, in its order; `columns` says what of them. */
export function recordsSql(
  dataSet: string,
  plan: RecordsPlan,
  columns: string,
  readSql: ReadSql,
): ReadStatement {
  const writer = new SqlWriter(readSql);
  const where = writer.where(dataSet, plan);
  const order = [...writer.order(plan), readSql.position].join(', ');
  // No database has more records than that.
  const limit = plan.limit === undefined ? '' : ` LIMIT ${Math.min(plan.limit, Number.MAX_SAFE_INTEGER)}`;
  const sql = `SELECT ${columns} FROM records WHERE ${where} ORDER BY ${order}${limit}`;
  return { sql, parameters: writer.parameters };
}

/**
 * One row for each group: `count`, `period`, the values `v0`… as JSON, and of each collected field `missing0`,
 * `others0`, `high0` and `low0` (the sum of its integers, in halves of 32 bits: whole it may not fit into 64),
 * `fractions0`, `fraction0`, `set0`.
 */
export function groupsSql(dataSet: string, plan: GroupsPlan, readSql: ReadSql): ReadStatement {
  const writer = new SqlWriter(readSql);
  const where = writer.where(dataSet, plan);
  const present = plan.fields.map((_, i) => `json${i} IS NOT NULL`);
  const keys = ['period', ...plan.fields.map((_, i) => `k${i}`)];
  const sql = `
    SELECT ${groupColumns(plan, readSql).join(', ')} FROM (
      SELECT ${valueColumns(plan, readSql).join(', ')} FROM (
        SELECT ${partColumns(plan, writer).join(', ')} FROM records WHERE ${where} ${readSql.apart}
      ) AS matching ${present.length === 0 ? '' : `WHERE ${present.join(' AND ')}`} ${readSql.apart}
    ) AS matching GROUP BY ${keys.join(', ')} LIMIT ${MAXIMUM_GROUPS + 1}`;
  return { sql, parameters: writer.parameters };
}

/** Of each record what its fields hold: first those by which it is grouped, then those that are collected. */
function partColumns({ period, fields, collected }: GroupsPlan, writer: SqlWriter): readonly string[] {
  const names = [...fields, ...collected.map(({ field }) => field)];
  return [
    `${period === undefined ? 'CAST(NULL AS text)' : writer.periodStart(period)} AS period`,
    ...names.flatMap((name, i) => {
      const { json, value, type } = writer.parts(name);
      return [`${json} AS json${i}`, `${value} AS value${i}`, `${type} AS type${i}`];
    }),
  ];
}

/** Of each record what it is grouped by, and what is collected. */
function valueColumns({ fields, collected }: GroupsPlan, readSql: ReadSql): readonly string[] {
  const field = (i: number) => readSql.field({ json: `json${i}`, value: `value${i}`, type: `type${i}` });
  return [
    'period',
    ...fields.flatMap((_, i) => [`json${i} AS v${i}`, `${readSql.groupKey(field(i))} AS k${i}`]),
    ...collected.flatMap((_, i) => {
      const { json, integer, fraction } = field(fields.length + i);
      return [`${json} AS c${i}`, `${integer} AS i${i}`, `${fraction} AS f${i}`];
    }),
  ];
}

function groupColumns({ fields, collected }: GroupsPlan, readSql: ReadSql): readonly string[] {
  return [
    `${readSql.countAll} AS count`,
    'period',
    ...fields.map((_, i) => `min(v${i}) AS v${i}`),
    ...collected.flatMap((field, i) => [
      ...(field.sum || field.set ? [`count(*) - count(nullif(c${i}, 'null')) AS missing${i}`] : []),
      ...(field.sum ? sums(i) : []),
      ...(field.set ? [`${readSql.distinct(`coalesce(c${i}, 'null')`)} AS set${i}`] : []),
    ]),
  ];
}

function sums(i: number): readonly string[] {
  return [
    `count(nullif(c${i}, 'null')) - count(i${i}) - count(f${i}) AS others${i}`,
    `CAST(sum(i${i} >> 32) AS text) AS high${i}`,
    `CAST(sum(i${i} & 4294967295) AS text) AS low${i}`,
    `count(f${i}) AS fractions${i}`,
    `sum(f${i}) AS fraction${i}`,
  ];
}

/** A row as either database gives it: numbers of PostgreSQL's larger types are texts. */
export type RawRow = Readonly<Record<string, number | string | null>>;

/** What the columns of `groupsSql` say. */
export function groupRow(row: RawRow, { fields, collected }: GroupsPlan): GroupRow {
  return {
    count: Number(row.count),
    period: typeof row.period === 'string' ? row.period : null,
    values: fields.map((_, i) => String(row[`v${i}`])),
    collected: collected.map((_, i) => collectedValues(row, i)),
  };
}

function collectedValues(row: RawRow, i: number): CollectedValues {
  const [high, low] = [BigInt(row[`high${i}`] ?? 0), BigInt(row[`low${i}`] ?? 0)];
  const set = row[`set${i}`];
  return {
    missing: Number(row[`missing${i}`] ?? 0),
    others: Number(row[`others${i}`] ?? 0),
    integers: (high << 32n) + low,
    fractions: Number(row[`fractions${i}`] ?? 0),
    fraction: Number(row[`fraction${i}`] ?? 0),
    set: typeof set === 'string' ? (JSON.parse(set) as string[]) : [],
  };
}
