import { DAY } from '../../calendar/durations.ts';
import { addPeriods } from '../../calendar/period.ts';
import { wallClockAt } from '../../calendar/zone.ts';
import { icon } from '../../look/icon.ts';
import { html, type Markup, said } from '../../look/markup.ts';
import type { Dashboard } from '../../model/dashboard.ts';
import { dateText } from '../../words/dates.ts';
import { spanText } from '../../words/durations.ts';
import { FAILURES, type ModuleView } from '../dashboard-view.ts';
import type { ModuleFigures } from '../module-figures.ts';
import { periodLabel, timeText } from '../period-label.ts';

/** What readers have to know of the data before they believe the numbers. */
export function dataNotices({ outcome, data }: ModuleView, timezone: string): Markup {
  if (outcome.kind === 'failed') return notice('bad', FAILURES[outcome.cause]);
  const { updatedAt, maxAgeExpected = 0 } = data;
  return [
    data.isPublished
      ? undefined
      : notice('warn', 'This data is not published yet. It may change or be wrong.'),
    !data.isStale || updatedAt === undefined
      ? undefined
      : notice(
          'warn',
          `This data is out of date: nothing has arrived since ${timeText(wallClockAt(updatedAt, timezone))}, ` +
            `and it should come every ${spanText(maxAgeExpected)}.`,
        ),
  ];
}

const SHAPES = { bad: 'cross', warn: 'triangle' } as const;

const notice = (tone: keyof typeof SHAPES, text: string): Markup =>
  html`<p class=${`remark ${tone}`}>${icon({ tone, shape: SHAPES[tone] })}<span>${said(text)}</span></p>`;

/** `Data up to 28 February 2025, last added to at 6:02am, 3 March 2025` */
export function dataUpTo({ outcome, data }: ModuleView, { timezone }: Dashboard): Markup {
  if (outcome.kind === 'failed') return undefined;
  const last = endOfData(outcome.figures, timezone);
  const { updatedAt } = data;
  if (updatedAt === undefined) return html`<p class="sub">No data has arrived yet.</p>`;
  const added = `last added to at ${timeText(wallClockAt(updatedAt, timezone))}`;
  return html`<p class="sub">${last === undefined ? `The data set was ${added}` : `Data up to ${last}, ${added}`}</p>`;
}

/** The last day, or hour, of which there is something. */
function endOfData({ period, periods, totals }: ModuleFigures, timezone: string): string | undefined {
  const start = periods[totals.findLastIndex(({ kind }) => kind !== 'no data')];
  if (start === undefined) return undefined;
  return period === 'hour'
    ? periodLabel(period, start, timezone)
    : dateText(addPeriods(period, start, 1) - DAY);
}
