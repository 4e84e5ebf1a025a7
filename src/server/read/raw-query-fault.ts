import { DAY } from '../../calendar/durations.ts';
import { utcTimestamp } from '../records/timestamp.ts';

/** What a query may not ask of a data set that gives no single records: also no spans so short that they hold but one. */

const MINIMUM_DAYS = 7;

/** The first thing that such a data set does not answer, in the original's words. The dates are dates already. */
export function rawQueryFault(parameters: URLSearchParams): string | undefined {
  const period = parameters.get('period');
  if (period === null && !parameters.has('group_by')) return 'querying for raw data is not allowed';
  const dates = ['start_at', 'end_at'].flatMap((name) => {
    const text = parameters.get(name);
    return text === null ? [] : [{ name, text }];
  });
  if (period !== 'hour') {
    const [start, end] = dates.map(({ text }) => queryInstant(text));
    if (start !== undefined && end !== undefined && end - start < MINIMUM_DAYS * DAY)
      return 'The minimum time span for a query is 7 days';
    const late = dates.find(({ text }) => queryInstant(text) % DAY !== 0);
    if (late !== undefined) return `${late.name} must be midnight`;
  }
  if (period === 'week') {
    const other = dates.find(({ text }) => new Date(text.slice(0, 10)).getUTCDay() !== 1);
    if (other !== undefined) return `${other.name} must be a monday`;
  }
  if (period === 'month') {
    const other = dates.find(({ text }) => text.slice(8, 10) !== '01');
    if (other !== undefined) return `'${other.name}' must be the first of the month for period=month queries`;
  }
  return undefined;
}

const queryInstant = (text: string): number => Date.parse(utcTimestamp(text) ?? '');
