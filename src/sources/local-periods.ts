import type { Period } from '../calendar/period.ts';
import type { Client } from './sql-tokens.ts';

/** What to write so that a query groups by the periods of the job's zone. */
export interface LocalPeriods {
  /** The zone of the database, in which its times without one are meant. */
  readonly zone: string;
  readonly period: Period;
  /** The column that holds the time. */
  readonly column: string;
}

/** Without any function of the database: each query collects one period, which its parameters tell. */
const onePeriodEach = (period: Period): string => {
  const [parameter, name] = period === 'hour' ? [':from', 'hour'] : [':from_date', period];
  return `set window.max_periods: 1, select ${parameter} AS ${name} and group by the other columns only`;
};

/** A sentence with the line to write for a database. */
export function localPeriodRemedy(client: Client, facts: LocalPeriods): string {
  const each = onePeriodEach(facts.period);
  if (facts.period === 'hour') return `${each.replace('set', 'Set')}: each query then collects one hour.`;
  if (client === 'better-sqlite3') return `SQLite knows no time zones: ${each}.`;
  return client === 'pg'
    ? `Write ${postgresqlPeriod(facts, zoneOf(facts))} in the query (${postgresqlPeriod(facts, '')} for a column with time zone); or ${each}.`
    : `Write ${mysqlPeriod(facts)} in the query, which needs the server's zone tables; or ${each}.`;
}

const zoneOf = ({ zone }: LocalPeriods): string => ` AT TIME ZONE '${zone}'`;

function postgresqlPeriod({ period, column }: LocalPeriods, zone: string): string {
  const local = `${column}${zone} AT TIME ZONE :timezone`;
  return period === 'day' ? `(${local})::date` : `date_trunc('${period}', ${local})::date`;
}

function mysqlPeriod({ zone, period, column }: LocalPeriods): string {
  const local = `convert_tz(${column}, '${zone}', :timezone)`;
  switch (period) {
    case 'week':
      return `date_sub(date(${local}), interval weekday(${local}) day)`;
    case 'month':
      return `cast(date_format(${local}, '%Y-%m-01') as date)`;
    case 'quarter':
      return `makedate(year(${local}), 1) + interval quarter(${local}) - 1 quarter`;
    case 'year':
      return `makedate(year(${local}), 1)`;
    default:
      return `date(${local})`;
  }
}
