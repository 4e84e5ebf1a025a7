import { z } from 'zod';
import { PERIODS } from '../../calendar/period.ts';
import { complain } from '../check/complain.ts';
import { calendarDate, count, duration } from './values.ts';

/** The most periods to look back: a century. */
const MOST_LOOKBACK = { hour: 876_000, day: 36_500, week: 5_200, month: 1_200, quarter: 400, year: 100 };

/** How a window job cuts time into periods, and what becomes of those that are collected again. */
export const windowSchema = z
  .strictObject({
    period: z.enum(PERIODS).describe('length of a period; weeks begin on Monday'),
    lookback: count(0)
      .default(3)
      .describe('periods to collect again at every run, for rows that appear late'),
    start: calendarDate().optional().describe('first date to collect; left out: lookback periods ago'),
    delay: duration().prefault('0s').describe('how long after its end a period counts as over'),
    max_periods: count(1).default(31).describe('most periods in one query when catching up'),
    include_current: z.boolean().default(false).describe('collect the period that is not over, too'),
    allow_outside: z.boolean().default(false).describe('send rows whose _timestamp is outside the window'),
    send: z
      .enum(['changed', 'all'])
      .default('changed')
      .describe(
        'what is sent of periods that are collected again: changed, what the data set does not have as it is, where that ' +
          'can be told; all, every record',
      ),
    deleted: z
      .enum(['keep', 'remove'])
      .default('keep')
      .describe(
        'what becomes of records of the data set whose rows are gone when their period is collected again: kept, or ' +
          'removed',
      ),
  })
  .superRefine(({ period, lookback }, context) => {
    if (lookback <= MOST_LOOKBACK[period]) return;
    const expected = `at most ${MOST_LOOKBACK[period]} periods, which are a century`;
    complain(context, ['lookback'], { code: 'wrong-value', expected });
  })
  .superRefine(({ lookback, allow_outside, deleted }, context) => {
    if (deleted === 'keep' || (lookback > 0 && !allow_outside)) return;
    const [expected, got] =
      lookback === 0
        ? [
            'a lookback of at least 1 beside it, since only what is collected again is compared',
            'lookback: 0',
          ]
        : [
            'no allow_outside beside it, since then rows of a period may be in any window',
            'allow_outside: true',
          ];
    complain(context, ['deleted'], { code: 'contradiction', expected, got });
  });
