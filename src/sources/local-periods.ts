import type { Period } from '../calendar/period.ts';
import type { Dialect, LocalPeriods } from './dialect.ts';

/** Without any function of the database: each query collects one period, which its parameters tell. */
const onePeriodEach = (period: Period): string => {
  const [parameter, name] = period === 'hour' ? [':from', 'hour'] : [':from_date', period];
  return `set window.max_periods: 1, select ${parameter} AS ${name} and group by the other columns only`;
};

/** A sentence with the line to write for a database. */
export function localPeriodRemedy(dialect: Dialect, facts: LocalPeriods): string {
  const each = onePeriodEach(facts.period);
  if (facts.period === 'hour') return `${each.replace('set', 'Set')}: each query then collects one hour.`;
  return dialect.localPeriodRemedy(facts, each);
}
