import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { cronProblem, nextTicks } from '../../src/cron/cron.ts';
import { onCalendar } from '../../src/export/systemd/on-calendar.ts';
import { systemdUnits } from '../../src/export/systemd/units.ts';
import { installDebianPackage } from '../support/debian-package.ts';
import { CONFIG, exportableOf, job, temporaryFolder } from './exportables.ts';

const analyze = (...args: string[]) =>
  spawnSync('systemd-analyze', args, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });

beforeAll(() => {
  if (analyze('--version').error !== undefined) installDebianPackage('systemd');
}, 300_000);

const ITERATIONS = 6;
const START = new Date('2026-01-30T12:34:56Z');

/** The first ticks of any of the values after a time, as systemd reckons them. */
function ticksOf(values: readonly string[], after: Date): string[] {
  const base = after.toISOString().slice(0, 19).replace('T', ' ');
  const { stdout, stderr, status } = analyze(
    'calendar',
    `--base-time=${base} UTC`,
    `--iterations=${ITERATIONS}`,
    ...values,
  );
  expect(status, stderr).toBe(0);
  const times = stdout.matchAll(/(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/gm);
  const ticks = Array.from(times, ([, day, time]) => `${day}T${time}.000Z`).filter(
    (tick) => tick > after.toISOString(),
  );
  return [...new Set(ticks)].toSorted().slice(0, ITERATIONS);
}

describe('systemd reckons', () => {
  const number = (first: number, last: number) => fc.integer({ min: first, max: last });
  const field = (first: number, last: number) =>
    fc.oneof(
      fc.constant('*'),
      number(2, last).map((step) => `*/${step}`),
      fc.array(number(first, last), { minLength: 1, maxLength: 4 }).map((values) => values.join()),
      fc
        .tuple(number(first, last), number(first, last))
        .map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`),
    );
  const schedule = fc
    .tuple(field(0, 59), field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7))
    .map((fields) => fields.join(' '))
    .filter((text) => cronProblem(text) === undefined);

  test('the ticks of any schedule as the daemon does', () => {
    fc.assert(
      fc.property(schedule, (text) => {
        const expected = nextTicks(text, 'UTC', START, ITERATIONS).map((tick) => tick.toISOString());
        expect(ticksOf(onCalendar(text, 'UTC'), START), text).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  test('those in a zone, too', () => {
    const expected = nextTicks('30 6 * * MON-FRI', 'America/New_York', START, ITERATIONS);
    expect(ticksOf(onCalendar('30 6 * * MON-FRI', 'America/New_York'), START)).toEqual(
      expected.map((tick) => tick.toISOString()),
    );
  });
});

describe('systemd takes the units', () => {
  const files = {
    'config.yaml': `${CONFIG}state: { file: /var/lib/pp-db-collector/state.sqlite }\nhttp: { token: "\${file:/run/credentials/pp-db-collector.service/status}" }\n`,
    'collectors/visits.yaml': job('jitter: 90s'),
    'collectors/days.yaml': job().replace('30 6 * * *', '15 0 6 1 * MON'),
  };

  test.for([
    ['of the daemon', { user: undefined, timers: false }, files],
    ['of the daemon, for a user', { user: 'root', timers: false }, { ...files, 'config.yaml': CONFIG }],
    [
      'with timers',
      { user: undefined, timers: true },
      { ...files, 'config.yaml': `${CONFIG}state: { memory: true }\n` },
    ],
  ] as const)('%s', ([, options, own]) => {
    const made = systemdUnits(exportableOf(own), {
      ...options,
      configFile: '/etc/pp-db-collector/config.yaml',
    });
    const folder = temporaryFolder();
    try {
      const units = 'value' in made ? made.value : [];
      expect(units.length).toBeGreaterThan(0);
      for (const { name, text } of units) writeFileSync(join(folder, name), text);
      // A template is verified by the timers that it belongs to.
      const paths = units.filter(({ name }) => !name.includes('@.')).map(({ name }) => join(folder, name));
      const { status, stdout, stderr } = analyze('verify', ...paths);
      expect(stdout + stderr).toBe('');
      expect(status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
