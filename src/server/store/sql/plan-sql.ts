import { PERIODS, type Period } from '../../../calendar/period.ts';
import {
  type Filter,
  type GroupsPlan,
  MAXIMUM_GROUPS,
  type Matching,
  type RecordsPlan,
} from '../../read/read-plan.ts';
import type { FieldParts, FieldSql, ReadSql } from './read-sql.ts';

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
 * One row for each group: `count`, `period`, the values `v0`… as JSON, and of each collected field `missing0`, `others0`, `high0` and `low0`
 * (the sum of its integers, in halves of 32 bits: whole it may not fit into 64), `fractions0`, `fraction0`, `set0`.
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

/** Fields that no record's JSON holds. */
const PLATFORM_COLUMNS: Readonly<Record<string, string>> = {
  _timestamp: 'timestamp',
  _updated_at: 'updated_at',
};
const FIELD = /^[a-z_]\w*$/i;

class SqlWriter {
  readonly parameters: unknown[] = [];
  readonly #readSql: ReadSql;

  constructor(readSql: ReadSql) {
    this.#readSql = readSql;
  }

  where(dataSet: string, { filters, from, to }: Matching): string {
    const { stillWanted } = this.#readSql;
    const conditions = [`data_set = (SELECT key FROM data_sets WHERE name = ${this.#bind(dataSet)})`];
    if (stillWanted !== '') conditions.push(stillWanted);
    if (from !== undefined) conditions.push(`timestamp >= ${this.#bind(from)}`);
    if (to !== undefined) conditions.push(`timestamp ${to.inclusive ? '<=' : '<'} ${this.#bind(to.at)}`);
    for (const filter of filters) conditions.push(`(${this.#filter(filter)})`);
    return conditions.join(' AND ');
  }

  #filter(filter: Filter): string {
    // No record holds U+0000, and PostgreSQL would refuse the parameter.
    if (filter.kind !== 'boolean' && filter.text.includes('\0')) return '1 = 0';
    const field = this.field(filter.field);
    if (filter.kind === 'boolean')
      return `${field.isBoolean} AND ${field.text} = ${this.#bind(String(filter.value))}`;
    const text = this.#bind(filter.text);
    if (filter.kind === 'prefix') return `substr(${field.text}, 1, length(${text})) = ${text}`;
    const isText = `${field.isString} AND ${field.text} = ${text}`;
    if (filter.number === undefined) return isText;
    const { value, cast } = this.#readSql.numberParameter(filter.number);
    return `(${isText}) OR CASE WHEN ${field.isNumber} THEN ${field.number} = ${cast(this.#bind(value))} ELSE 1 = 0 END`;
  }

  order({ order }: RecordsPlan): readonly string[] {
    if (order === undefined) return [];
    const { text, isNumber, number } = this.field(order.field);
    const direction = order.descending ? 'DESC' : 'ASC';
    return [
      `CASE WHEN ${text} IS NULL THEN 2 WHEN ${isNumber} THEN 0 ELSE 1 END ${direction}`,
      `CASE WHEN ${isNumber} THEN ${number} END ${direction}`,
      `CASE WHEN NOT (${isNumber}) THEN ${text} END ${this.#readSql.collation} ${direction}`,
    ];
  }

  periodStart(period: Period): string {
    const timestamp = 'timestamp';
    if (period === 'hour') return `substr(${timestamp}, 1, 13) || ':00:00+00:00'`;
    const month = `substr(${timestamp}, 6, 2)`;
    const quarter = `CASE WHEN ${month} < '04' THEN '01' WHEN ${month} < '07' THEN '04' WHEN ${month} < '10' THEN '07' ELSE '10' END`;
    const dates = {
      day: `substr(${timestamp}, 1, 10)`,
      week: this.#readSql.monday,
      month: `substr(${timestamp}, 1, 7) || '-01'`,
      quarter: `substr(${timestamp}, 1, 5) || ${quarter} || '-01'`,
      year: `substr(${timestamp}, 1, 4) || '-01-01'`,
    };
    return `${dates[period]} || 'T00:00:00+00:00'`;
  }

  field(name: string): FieldSql {
    return this.#readSql.field(this.parts(name));
  }

  parts(name: string): FieldParts {
    const period = PERIODS.find((each) => name === `_${each}_start_at`);
    if (period !== undefined) return this.#readSql.textParts(`(${this.periodStart(period)})`);
    const column = Object.hasOwn(PLATFORM_COLUMNS, name) ? PLATFORM_COLUMNS[name] : undefined;
    if (column !== undefined) return this.#readSql.textParts(column);
    if (FIELD.test(name)) return this.#readSql.parts(name, (value) => this.#bind(value));
    return this.#readSql.textParts('CAST(NULL AS text)');
  }

  /** One parameter for each value: PostgreSQL takes expressions for equal only when their parameters are the same. */
  #bind(value: unknown): string {
    const known = this.parameters.indexOf(value);
    const index = known === -1 ? this.parameters.push(value) : known + 1;
    return this.#readSql.parameter(index);
  }
}
