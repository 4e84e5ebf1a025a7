import type { ShownJob } from '../../config/shown-job.ts';
import { counted, listed } from '../../words/counts.ts';
import { spanText } from '../../words/durations.ts';

/** What a job collects at each run, in sentences. */
export function modeInWords({ window, cursor, snapshot, data_set: dataSet }: ShownJob): readonly string[] {
  if (window !== undefined) return windowInWords(window);
  if (cursor !== undefined) return cursorInWords(cursor);
  return snapshot === undefined ? [] : snapshotInWords(snapshot, dataSet.replace);
}

/** Milliseconds, unless it came from outside. */
const spanOf = (span: number | string): string => (typeof span === 'string' ? span : spanText(span));

function windowInWords(window: NonNullable<ShownJob['window']>): string[] {
  const { period, lookback, start, delay, include_current: current, max_periods: most } = window;
  const since = start === undefined ? '' : `, beginning with that of ${start}`;
  const last = lookback === 1 ? period : counted(lookback, period);
  const again = `At each run the last ${last} again, for rows that appear late.`;
  return [
    `Every ${period} that is over${since}, in its order.`,
    ...(lookback === 0 ? [] : [again]),
    ...(delay === 0 ? [] : [`A ${period} counts as over ${spanOf(delay)} after its end.`]),
    ...(current === true ? [`The ${period} that is not over, too.`] : []),
    `At most ${counted(most, period)} in one query.`,
  ];
}

function cursorInWords(cursor: NonNullable<ShownJob['cursor']>): string[] {
  const { columns, lag, max_rows: most } = cursor;
  return [
    `The rows behind the last one that was delivered, in the order of ${listed(columns)}.`,
    ...(lag === 0
      ? []
      : [
          `Rows of the last ${spanOf(lag)} wait for a later run, because they may still be joined by others.`,
        ]),
    `At most ${counted(most, 'row')} in one query.`,
  ];
}

function snapshotInWords(snapshot: NonNullable<ShownJob['snapshot']>, replaces: boolean | string): string[] {
  const { period, keep_pending: kept } = snapshot;
  return [
    `How things stand at each run; a second run in the same ${period} replaces the first.`,
    ...(replaces === true ? ['The data set is emptied before the records of each run are sent.'] : []),
    `Records that cannot be delivered are kept for ${spanOf(kept)}.`,
  ];
}
