import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PERIODS } from '../../src/calendar/period.ts';
import { positive } from '../../src/cli/shell/command-parts.ts';
import { instantOf } from '../../src/cli/shell/span.ts';
import type { WindowJob } from '../../src/config/config.ts';
import { configSchema } from '../../src/config/schema/config-schema.ts';
import { jobSchema } from '../../src/config/schema/job-schema.ts';
import { writeApiSchema } from '../../src/config/schema/write-api-schema.ts';
import { recentPeriods } from '../../src/daemon/recent-periods.ts';
import { collectedTime } from '../../src/schedule/collected-time.ts';
import { endOfLastPeriod, windowsBetween, windowsOwed } from '../../src/schedule/window.ts';
import { jobOf } from '../support/collecting.ts';

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.5,
  1e9,
  1e9 + 1,
  2 ** 31,
  2 ** 53,
  1e21,
  1e308,
  -1e308,
  Number.NaN,
  Infinity,
  -Infinity,
];
const TEXTS = [
  ...[
    '0ms',
    '1ms',
    '0.0000001ms',
    '24d',
    '25d',
    '36500d',
    '36501d',
    '99999999999999999999d',
    `${'9'.repeat(400)}d`,
    '-1s',
    '1e3s',
  ],
  ...[
    '0B',
    '1KiB',
    '10MiB',
    `${'9'.repeat(400)}MiB`,
    '1900-01-01',
    '1899-12-31',
    '0000-01-01',
    '9998-12-31',
    '9999-12-31',
    '10000-01-01',
  ],
  ...['127.0.0.1:0', '127.0.0.1:65535', '127.0.0.1:99999', '', ' ', 'off'],
];

const JOB = {
  database: 'source',
  data_set: { data_group: 'g', data_type: 't', token: 'x' },
  query: 'SELECT 1',
  record: { timestamp: 'a', id: ['_timestamp'] },
};
const CONFIG = {
  write_api: { url: 'http://127.0.0.1:1' },
  databases: { a: { client: 'better-sqlite3', connection: { filename: 'a' } } },
};

/** The same with a value somewhere: `window.lookback`. */
function withValue(base: unknown, [key = '', ...rest]: readonly string[], value: unknown): unknown {
  const own = (base ?? {}) as Record<string, unknown>;
  const inner = rest.length === 0 ? value : withValue(own[key], rest, value);
  return Array.isArray(base) ? base.with(Number(key), inner) : { ...own, [key]: inner };
}

/** All keys of a configuration that take a number, a duration, a size, a date or an address. */
const KEYS = [
  [
    jobSchema,
    { ...JOB, window: { period: 'day' } },
    ['window.lookback', 'window.delay', 'window.max_periods', 'window.start'],
  ],
  [
    jobSchema,
    { ...JOB, window: { period: 'day' } },
    ['jitter', 'timeout', 'expect.min_rows', 'max_dead_letters'],
  ],
  [jobSchema, { ...JOB, snapshot: { period: 'day' } }, ['snapshot.keep_pending']],
  [jobSchema, { ...JOB, cursor: { columns: ['a'], start: [0] } }, ['cursor.lag', 'cursor.max_rows']],
  [configSchema, CONFIG, ['write_api.timeout', 'write_api.max_batch_records', 'write_api.max_batch_bytes']],
  [
    configSchema,
    CONFIG,
    ['write_api.requests_in_flight', 'write_api.retry.for', 'write_api.retry.first_delay'],
  ],
  [
    configSchema,
    CONFIG,
    ['write_api.retry.max_delay', 'databases.a.max_connections', 'databases.a.connect_timeout'],
  ],
  [configSchema, CONFIG, ['databases.a.query_timeout', 'schedule.max_concurrent_runs', 'http.listen']],
  [
    writeApiSchema,
    { data_sets: [{ data_group: 'g', data_type: 't', token: 'x' }] },
    ['data_sets.0.max_age_expected', 'listen'],
  ],
] as const;

test('every key takes what can be worked with, or says what it takes; none fails', () => {
  for (const [schema, base, paths] of KEYS) {
    for (const path of paths) {
      for (const value of [...NUMBERS, ...TEXTS, null, [], {}]) {
        const read = schema.safeParse(withValue(base, path.split('.'), value));
        if (read.success) continue;
        for (const issue of read.error.issues)
          expect(issue.message, `${path}: ${String(value)}`).not.toMatch(/^Invalid|^Too/);
      }
    }
  }
});

const windows = fc.record({
  period: fc.constantFrom(...PERIODS.filter((period) => period !== 'hour')),
  lookback: fc.constantFrom(0, 1, 3, 90),
  max_periods: fc.constantFrom(365, 100_000_000, 1_000_000_000),
  delay: fc.constantFrom('0s', '1ms', '36500d'),
  start: fc.constantFrom('1900-01-01', '2014-01-01', '9998-12-31'),
  include_current: fc.boolean(),
});
const zones = fc.constantFrom(
  'UTC',
  'Europe/London',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'America/New_York',
);
const texts = fc.constantFrom(
  '1900-01-01',
  '2014-01-01',
  '2700-01-01',
  '9998-12-31',
  '9998-12-31T23:59:59-12:00',
  '1900-01-01T00:00:00+14:00',
);

test('windows of extreme settings and spans are dates and instants', () => {
  fc.assert(
    fc.property(windows, zones, texts, texts, (window, timezone, from, to) => {
      const job = jobOf({ window, timezone }) as WindowJob;
      const now = Date.parse('2026-11-27T00:30:00Z');
      const span = { from: instantOf(from, '--from', timezone), to: instantOf(to, '--to', timezone) };
      const found = [
        ...windowsOwed(job.window, timezone, now, undefined),
        ...windowsBetween(job.window, timezone, now, span),
      ];
      for (const { from: start, to: end, fromDate, toDate, timestamps, collectedTo } of found) {
        // Kiritimati had no 31 December 1994.
        expect(start).toBeLessThanOrEqual(end);
        expect(collectedTo).toBeLessThanOrEqual(end);
        for (const date of [fromDate, toDate]) expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
        for (const timestamp of timestamps) expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT00:00:00Z$/);
      }
      expect(Number.isFinite(endOfLastPeriod(job.window, timezone, now))).toBe(true);
      const time = collectedTime(job, [], undefined, now);
      expect(recentPeriods(job, time, now).every(({ to: end }) => Number.isFinite(end))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

describe('the command line', () => {
  test.each(['0', '-1', '1.5', '1e3', '0x10', 'Infinity', 'NaN', '', ' ', '1001', '9'.repeat(400)])(
    'refuses %j',
    (text) => {
      expect(() => positive(1_000)(text)).toThrow(/^expected a whole number/);
    },
  );

  test('takes whole numbers to the largest one', () => {
    expect(['1', '007', '1000'].map(positive(1_000))).toEqual([1, 7, 1_000]);
  });

  test.each([
    '0001-01-01',
    '1899-12-31',
    '9999-12-31',
    '9999-12-31T23:59:59-12:00',
    '2015-02-30',
    '275760-09-13',
  ])('refuses the date %s', (text) =>
    expect(() => instantOf(text, '--from', 'Europe/London')).toThrow(/^--from: expected a date/),
  );
});
