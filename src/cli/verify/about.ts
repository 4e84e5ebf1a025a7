import { isoTime } from '../../calendar/date-time.ts';
import type { Config, Job } from '../../config/config.ts';
import type { Verification } from '../../model/verification.ts';
import { windowText } from '../shell/text.ts';

/** What is told of every verification, whether single records were compared or sums. */

type About = Pick<Verification, 'job' | 'startedAt' | 'endedAt' | 'span'>;

/** Differences that people are shown; JSON has more. */
export const MOST_SHOWN = 20;

/** ` of 2015-01-01 → 2015-02-01`, behind what was compared; nothing where no time bounds it. */
export const ofSpan = ({ span }: About, { timezone }: Job, { schedule }: Config): string =>
  span === undefined ? '' : ` of ${windowText(span, timezone, schedule.timezone)}`;

export const aboutJson = ({ job, startedAt, endedAt, span }: About) => ({
  job,
  started_at: isoTime(startedAt),
  ended_at: isoTime(endedAt),
  window: span === undefined ? null : { from: isoTime(span.from), to: isoTime(span.to) },
});
