import { beforeEach, expect } from 'vitest';
import { type DaemonPlace, test } from '../support/daemon-place.ts';
import type { RunningDaemon } from '../support/running-daemon.ts';

const HOUR = 3_600_000;

beforeEach<{ place: DaemonPlace }>(async ({ place }) => {
  await place.prepare('better-sqlite3');
  const job = (mode: string) => `database: source
schedule: "*/2 * * * * *"
data_set: { data_group: test, data_type: ${mode}, token: the-token }
`;
  place.workplace.write(
    'collectors/waiting.yaml',
    `${job('waiting')}snapshot: { period: hour }
query: SELECT 1 AS number
record: { id: [_timestamp] }
`,
  );
  place.workplace.write(
    'collectors/visits.yaml',
    `${job('visits')}window: { period: hour, lookback: 0, start: ${new Date(Date.now() - 24 * HOUR).toISOString().slice(0, 10)} }
query: "SELECT datetime(:from) AS hour, 1 AS number WHERE :from < :to"
record: { timestamp: hour, id: [_timestamp] }
`,
  );
});

/** The next run of a job that begins after the runs known. */
const runOf = (daemon: RunningDaemon, job: string) => daemon.next('PPDB-0103', (line) => line.job === job);

test.for([12, -12])(
  'a clock that is %i hours wrong and put right stops no job',
  { timeout: 120_000 },
  async (hours, { place }) => {
    const daemon = place.start();
    const { http } = await daemon.line('PPDB-0001');
    await runOf(daemon, 'waiting');
    place.setAhead(hours * HOUR);
    await runOf(daemon, 'waiting');
    await runOf(daemon, 'visits');
    place.setAhead(0);
    const warning = await daemon.line('PPDB-0010');
    await runOf(daemon, 'waiting');
    await runOf(daemon, 'visits');
    expect(daemon.lines('PPDB-0010')).toHaveLength(1);
    const [from, to] = [Date.parse(String(warning.from)), Date.parse(String(warning.to))];
    expect(Math.abs(from - to - 12 * HOUR)).toBeLessThan(60_000);
    const jobs = await (await fetch(`${http}/api/jobs`)).json();
    expect(jobs.jobs).toHaveLength(2);
    for (const { next_run } of jobs.jobs) expect(Date.parse(next_run)).toBeLessThan(Date.now() + 60_000);
    expect(await collectedTo(place)).toBeLessThanOrEqual(Date.now());
  },
);

test('a restart after the clock was put right goes on at once, and says what is recorded', {
  timeout: 120_000,
}, async ({ place }) => {
  place.setAhead(12 * HOUR);
  let daemon = place.start();
  await runOf(daemon, 'visits');
  daemon.child.kill('SIGKILL');
  await daemon.ended;
  place.setAhead(0);
  daemon = place.start();
  await daemon.line('PPDB-0010');
  await runOf(daemon, 'visits');
  await runOf(daemon, 'waiting');
  expect(await collectedTo(place)).toBeLessThanOrEqual(Date.now());
  const { stdout } = await place.run(['jobs', '--json']);
  expect(JSON.parse(stdout)).toHaveLength(2);
  for (const { next_runs } of JSON.parse(stdout))
    expect(Date.parse(next_runs[0])).toBeLessThan(Date.now() + 60_000);
});

/** Where the window job stands. */
async function collectedTo(place: DaemonPlace): Promise<number> {
  const { stdout } = await place.run(['state', 'show', 'visits', '--json']);
  return Date.parse([JSON.parse(stdout)].flat()[0].collected_to);
}
