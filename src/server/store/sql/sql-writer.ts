import { PERIODS, type Period } from '../../../calendar/period.ts';
import type { Filter, Matching, RecordsPlan } from '../../read/read-plan.ts';
import type { FieldParts, FieldSql, ReadSql } from './read-sql.ts';

/** Fields that no record's JSON holds. */
const PLATFORM_COLUMNS: Readonly<Record<string, string>> = {
  _timestamp: 'timestamp',
  _updated_at: 'updated_at',
};
const FIELD = /^[a-z_]\w*$/i;

/** Writes SQL for one of the databases, and gathers its parameters. */
export class SqlWriter {
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
    const quarter = `CASE WHEN ${month} < '04' THEN '01' WHEN ${month} < '07' THEN '04'
      WHEN ${month} < '10' THEN '07' ELSE '10' END`;
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
    const place = this.parameters.indexOf(value);
    const index = place === -1 ? this.parameters.push(value) : place + 1;
    return this.#readSql.parameter(index);
  }
}
