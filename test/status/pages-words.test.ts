import type { VNode } from 'preact';
import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import type { Period } from '../../src/calendar/period.ts';
import type { RunResult } from '../../src/model/run.ts';
import { calendarStrip } from '../../src/status/pages/calendar-strip.ts';
import { modeInWords } from '../../src/status/pages/job-in-words.ts';
import { sparkText } from '../../src/status/pages/spark-line.ts';
import { clockText, exactText, localText } from '../../src/status/pages/times.ts';
import { listed, sentence } from '../../src/words/counts.ts';
import { durationText, relativeText, spanText } from '../../src/words/durations.ts';
import { CURSOR_JOB, exampleJob, SNAPSHOT_JOB } from './example-jobs.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [0, '0 seconds'],
  [SECOND, '1 second'],
  [119 * SECOND, '119 seconds'],
  [2 * MINUTE, '2 minutes'],
  [119 * MINUTE, '119 minutes'],
  [47 * HOUR, '47 hours'],
  [2 * DAY, '2 days'],
  [59 * DAY, '59 days'],
  [60 * DAY, '2 months'],
  [3_000 * 365 * DAY, '3,000 years'],
  [-5, '0 seconds'],
])('a span of %i ms is %s', (span, text) => {
  expect(spanText(span)).toBe(text);
});

test('the present is neither ago nor ahead', () => {
  expect([relativeText(5, 10), relativeText(10, 5), relativeText(0, HOUR), relativeText(HOUR, 0)]).toEqual([
    'just now',
    'now',
    '60 minutes ago',
    'in 60 minutes',
  ]);
});

test.each([
  [0, '0.0 s'],
  [1_234, '1.2 s'],
  [9_999, '10.0 s'],
  [59_600, '1 min'],
  [125 * SECOND, '2 min 5 s'],
  [90 * MINUTE, '1 h 30 min'],
])('a duration of %i ms is %s', (duration, text) => {
  expect(durationText(duration)).toBe(text);
});

test('a time carries its year only when that is not the present one, and always its zone', () => {
  const [instant, now] = [Date.parse('2026-06-30T23:30:00Z'), Date.parse('2026-11-17T09:20:00Z')];
  expect(localText(instant, { now, zone: 'Europe/London' })).toBe('1 Jul, 00:30');
  expect(localText(instant, { now: now + 100 * DAY, zone: 'UTC' })).toBe('30 Jun 2026, 23:30');
  expect(exactText(instant, { zone: 'Europe/London' })).toBe('Wednesday, 1 July 2026 at 00:30:00 BST');
});

test('a time of today carries no date', () => {
  const view = { now: Date.parse('2026-11-17T09:20:00Z'), zone: 'Asia/Kolkata', zoneName: 'Asia/Kolkata' };
  expect(clockText(Date.parse('2026-11-16T18:30:00Z'), view)).toBe('00:00');
  expect(clockText(Date.parse('2026-11-16T18:29:00Z'), view)).toBe('16 Nov, 23:59');
});

test('a list and a message become sentences', () => {
  expect([listed([]), listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c']);
  expect([sentence('it is down'), sentence('Why?')]).toEqual(['It is down.', 'Why?']);
});

test.each([
  'http://127.0.0.1:9464 cannot be reached.',
  'write.example.gov.uk does not answer.',
  'collectors/visits.yaml is wrong.',
  'completion-rate failed.',
  'submitted_on is null.',
  '"count" is not one of its fields.',
  '`count` is none.',
  'max_dead_letters: too many.',
])('what is not a word keeps its first letter: %s', (text) => {
  expect(sentence(text)).toBe(text);
});

test('a word keeps its capital before a comma, a colon and an apostrophe', () => {
  expect(["database: it's gone", 'so, no', "it's gone"].map(sentence)).toEqual([
    "Database: it's gone.",
    'So, no.',
    "It's gone.",
  ]);
});

test('a chart of one run is told as one', () => {
  const run = { outcome: 'empty', startedAt: 0, endedAt: 1_500 } as RunResult;
  expect(sparkText([run])).toBe('The only run: 1 no rows; it took 1.5 s.');
});

test('each mode is told in sentences', () => {
  expect(modeInWords(exampleJob('window', { window: { period: 'week', lookback: 1, delay: '2h' } }))).toEqual(
    [
      'Every week that is over, in its order.',
      'At each run the last week again, for rows that appear late.',
      'A week counts as over 2 hours after its end.',
      'At most 31 weeks in one query.',
    ],
  );
  expect(modeInWords(exampleJob('cursor', CURSOR_JOB))).toEqual([
    'The rows behind the last one that was delivered, in the order of recorded_at and id.',
    'Rows of the last 5 minutes wait for a later run, because they may still be joined by others.',
    'At most 100,000 rows in one query.',
  ]);
  expect(modeInWords(exampleJob('snapshot', SNAPSHOT_JOB))).toEqual([
    'How things stand at each run; a second run in the same hour replaces the first.',
    'Records that cannot be delivered are kept for 30 days.',
  ]);
});

test('a period that waits for its run is due at that time, on the clock of the page', () => {
  const [from, dueAt] = [Date.parse('2026-11-26T15:00:00Z'), Date.parse('2026-11-27T18:00:00Z')];
  const periods = [
    { label: '', from: from - DAY, to: from, state: 'collected' },
    { label: '', from, to: from + DAY, state: 'due', dueAt },
  ] as const;
  const pageAt = (now: number) =>
    render(
      calendarStrip(periods, {
        period: 'day',
        zone: 'Asia/Tokyo',
        viewpoint: { now, zone: 'Europe/London', zoneName: 'Europe/London' },
      }) as VNode,
    );
  const today = pageAt(from + DAY + MINUTE);
  expect(today).toContain('<p>Of the last 2 days, 1 is collected and 1 is due at 18:00.</p>');
  expect(today).toContain('>Friday 27 November: due at 18:00<');
  expect(today).toContain('<span class="sample due"></span> due at 18:00<');
  expect(today).not.toContain('>Friday 27 November: owed<');
  expect(pageAt(dueAt - DAY)).toContain('1 is due on 27 Nov, 18:00.');
});

test.each<[Period, string, string, string]>([
  ['hour', '2026-07-01T05:00:00Z', 'Wed 1 Jul', '1 July at 06:00'],
  ['day', '2026-06-30T23:00:00Z', 'Jul 2026', 'Wednesday 1 July'],
  ['week', '2026-06-28T23:00:00Z', 'Jun 2026', 'Week from Monday 29 June'],
  ['month', '2026-06-30T23:00:00Z', '2026', 'July 2026'],
  ['quarter', '2026-06-30T23:00:00Z', '2026', 'Quarter from July 2026'],
  ['year', '2026-01-01T00:00:00Z', 'Years', '2026'],
])('a period of a %s is named in the zone of its job', (period, begin, line, name) => {
  const from = Date.parse(begin);
  const strip = calendarStrip([{ label: '', from, to: from + 1, state: 'owed' }], {
    period,
    zone: 'Europe/London',
    viewpoint: { now: from, zone: 'UTC', zoneName: 'UTC' },
  });
  const page = render(strip as VNode);
  expect(page).toContain(`<h3>${line}</h3>`);
  expect(page).toContain(`>${name}: owed<`);
});
