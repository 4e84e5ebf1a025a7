import { z } from 'zod';
import { PERIODS } from '../../calendar/period.ts';
import { complain } from '../check/complain.ts';
import { calendarDate, count, duration } from './values.ts';

/** The most periods to look back: a century. */
const MOST_LOOKBACK = { hour: 876_000, day: 36_500, week: 5_200, month: 1_200, quarter: 400, year: 100 };

/** How a window job cuts time into periods. */
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
  })
  .superRefine(({ period, lookback }, context) => {
    if (lookback <= MOST_LOOKBACK[period]) return;
    const expected = `at most ${MOST_LOOKBACK[period]} periods, which are a century`;
    complain(context, ['lookback'], { code: 'wrong-value', expected });
  });
