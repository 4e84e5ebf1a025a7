import { expect, test } from 'vitest';
import { previewedWindows } from '../../src/advice/preview-rows.ts';
import type { Period } from '../../src/calendar/period.ts';
import { windowInWords } from '../../src/cli/preview/window-in-words.ts';
import type { WindowJob } from '../../src/config/config.ts';
import type { Span } from '../../src/model/progress.ts';

const NOW = Date.UTC(2026, 10, 27, 18, 30);

/** The windows that a job owes before its first run, or those of a span, in words. */
function words(period: Period, settings: object = {}, asked?: Span): string {
  const window = { period, lookback: 1, max_periods: 31, delay: 0, include_current: false, ...settings };
  const job = { window, timezone: 'Europe/London' } as unknown as WindowJob;
  return windowInWords(job, previewedWindows(job, asked, NOW), asked !== undefined, NOW);
}

test.each<[Period, string]>([
  ['hour', 'Friday 27 November 2026 from 17:00 to 18:00 UTC, the last hour that is over'],
  ['day', 'Thursday 26 November 2026, the last day that is over'],
  ['week', 'Monday 16 to Sunday 22 November 2026, the last week that is over'],
  ['month', 'October 2026, the last month that is over'],
  ['quarter', 'July to September 2026, the last quarter that is over'],
  ['year', '2025, the last year that is over'],
])('the last %s', (period, expected) => {
  expect(words(period)).toBe(expected);
});

test.each<[Period, number, string]>([
  [
    'hour',
    20,
    'Thursday 26 November 2026 at 22:00 to Friday 27 November 2026 at 18:00 UTC, the last 20 hours that are over',
  ],
  ['day', 30, 'Wednesday 28 October to Thursday 26 November 2026, the last 30 days that are over'],
  ['week', 2, 'Monday 9 to Sunday 22 November 2026, the last 2 weeks that are over'],
  ['month', 13, 'October 2025 to October 2026, the last 13 months that are over'],
  ['year', 2, '2024 to 2025, the last 2 years that are over'],
])('several of a %s', (period, lookback, expected) => {
  expect(words(period, { lookback })).toBe(expected);
});

test('a period that goes on, a delay, and a span that was asked for are told as such', () => {
  expect(words('day', { include_current: true, lookback: 0 })).toBe(
    'Friday 27 November 2026, the present day',
  );
  expect(words('day', { include_current: true })).toBe(
    'Thursday 26 to Friday 27 November 2026, the last 2 days, the present one included',
  );
  expect(words('day', { delay: 24 * 3_600_000 })).toBe(
    'Wednesday 25 November 2026, the last day that is over, 24 h after the end',
  );
  const asked = { from: Date.UTC(2026, 10, 26), to: Date.UTC(2026, 10, 27) };
  expect(words('day', {}, asked)).toBe('Thursday 26 November 2026, as --from and --to say');
  expect(words('day', { max_periods: 1 }, { ...asked, from: Date.UTC(2026, 10, 20) })).toBe(
    'Thursday 26 November 2026, the last of the 7 windows of --from and --to; `--from 2026-11-25 --to 2026-11-26` shows the one before',
  );
});
