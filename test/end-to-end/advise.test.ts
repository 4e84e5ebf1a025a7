import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY } from '../../src/calendar/durations.ts';
import { NO_COUNTS } from '../../src/model/run.ts';
import { openSqliteState } from '../../src/state/sqlite/open-state.ts';
import { Workplace } from '../support/program.ts';

const workplace = new Workplace();

const job = (mode: string, condition: string, id: string) => `database: service
data_set: { data_group: test, data_type: visits, token: the-token }
query: SELECT day, channel FROM visits WHERE ${condition}
record: { timestamp: day, id: [${id}] }
${mode}
`;

/** A hundred days with a thousand records each, of which some come a day late, and some four days. */
async function remember(): Promise<void> {
  const state = openSqliteState(`${workplace.folder}/state/collector.sqlite`);
  const lease = await state.takeLease('visits');
  const run = await state.beginRun('visits', 0);
  for (let day = 200; day < 301; day++) {
    const periods = Array.from({ length: 14 }, (_, age) => {
      const late = {
        appeared: age === 1 ? 20 : 0,
        changed: age === 4 && day % 10 === 0 ? 3 : 0,
        vanished: 0,
      };
      return { period: (day - 1 - age) * DAY, wasKnown: age > 0 && day > 200, records: 1_000, ...late };
    });
    const looks = { length: 'day', current: day * DAY, lookback: 14, periods } as const;
    await state.acknowledged('visits', run, { counts: NO_COUNTS, deadLetters: [], delivered: [], looks });
  }
  const eventsLease = await state.takeLease('events');
  const behind = { rules: 'r', lag: 30_000, looks: 24, rows: 12_408, behind: 3, late: 80_000 };
  const step = { counts: NO_COUNTS, deadLetters: [], delivered: [], behind };
  await state.acknowledged('events', await state.beginRun('events', 0), step);
  for (const each of [lease, eventsLease]) if (each.kind === 'lease') await each.release();
  await state.close();
}

beforeAll(async () => {
  workplace.write(
    'config.yaml',
    'write_api: { url: "http://127.0.0.1:1" }\ndatabases: { service: { client: better-sqlite3, connection: { filename: x } } }\n',
  );
  const windows = (lookback: number) =>
    job(
      `window: { period: day, lookback: ${lookback} }`,
      'day >= :from_date AND day < :to_date',
      '_timestamp, channel',
    );
  workplace.write('collectors/visits.yaml', windows(14));
  workplace.write('collectors/orders.yaml', windows(0));
  workplace.write(
    'collectors/events.yaml',
    job(
      'cursor: { columns: [day], start: ["2014-01-01"], lag: 30s }',
      'day > :day AND day <= :until ORDER BY day',
      '_timestamp, channel',
    ),
  );
  workplace.write('collectors/stock.yaml', job('snapshot: { period: day }', 'true', '_timestamp, channel'));
  await remember();
});

afterAll(() => workplace.remove());

test('advise says how late records came, and what lookback could be', async () => {
  const { code, stdout, stderr } = await workplace.run(['advise', 'visits']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(`visits
Of 100,000 records 97.9% were there, as they are now, when their day was first collected; all of them 4 days later.
late by    new  changed  gone  there by then
1 day    2,000        0     0  99.9%          ████████████████████
4 days       0       30     0  100%           ▎
  → Lookback 14 could be 3, which would have missed 30 of them.
`);
});

test('without names it tells of all jobs', async () => {
  const { stdout } = await workplace.run(['advise']);
  expect(stdout).toContain('\norders\nWith lookback 0 no day is collected again, so nothing is known.\n');
  expect(stdout).toContain(`events
Lag 30s: 3 rows came behind the position in 24 looks at 12,408 rows.
  → Raise lag, to 3m for a start.
`);
  expect(stdout).toContain('stock\nIt collects no periods again, so there is no lookback to advise on.\n');
});

test('advise --json gives the numbers', async () => {
  const { stdout } = await workplace.run(['advise', '--json']);
  expect(JSON.parse(stdout)).toMatchObject([
    {
      ...{ job: 'events', mode: 'cursor', lateness: null, lag: 30 },
      behind: { looks: 24, rows: 12_408, appeared: 3, late: 80, raise_to: 180 },
    },
    { job: 'orders', mode: 'window', lookback: 0, lateness: null },
    { job: 'stock', mode: 'snapshot', lateness: null },
    {
      job: 'visits',
      lookback: 14,
      lateness: { records: 100_000, advice: { kind: 'enough', lookback: 3 }, ages: { length: 13 } },
    },
  ]);
});

test('jobs NAME says the same in a line', async () => {
  const { stdout } = await workplace.run(['jobs', 'visits']);
  expect(stdout).toContain(
    '  lateness         of 100,000 records 97.9% were there, as they are now, when their day was first collected; all of them 4 days later; lookback 14 could be 3, which would have missed 30 of them\n',
  );
});

test('a job that is not there is a mistake', async () => {
  expect(await workplace.run(['advise', 'vists'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean visits?'),
  });
});
