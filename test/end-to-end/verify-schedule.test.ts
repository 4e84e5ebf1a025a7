import { afterEach, beforeEach, expect, test } from 'vitest';
import { RunningDaemon } from '../support/running-daemon.ts';
import { ServiceOfVisits } from '../support/service-of-visits.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

let api: RunningWriteApi;
let service: ServiceOfVisits;
let daemon: RunningDaemon | undefined;

beforeEach(async () => {
  api = await startWriteApi({ raw_queries_allowed: true });
  service = await ServiceOfVisits.open(api.url);
  service.sendTo(api.url, 'http: { listen: "127.0.0.1:0" }\n');
  service.writeJob(
    '{ timestamp: day, id: [_timestamp, id] }\nverify: { schedule: "* * * * * *", periods: 5 }',
    'max_periods: 100',
  );
  await service.visit(10);
});

afterEach(async () => {
  daemon?.child.kill('SIGKILL');
  await daemon?.ended;
  await service.close();
  await api.close();
});

test('the daemon compares by the schedule of the job, and tells everywhere what came of it', async () => {
  const collected = await service.run('run', 'visits', '--from', '2014-06-01', '--to', '2014-06-11');
  expect(collected.code, collected.stderr).toBe(0);
  daemon = new RunningDaemon(service.workplace, [], {});
  const url = String((await daemon.line('PPDB-0001')).http);
  const read = async (path: string) =>
    (await (await fetch(`${url}${path}`)).text()).replaceAll(/<[^>]*>/g, '');
  const agreed = await daemon.line('PPDB-0130');
  expect(agreed).toMatchObject({ job: 'visits', compared: 'records', records: 5, missing: 0, set_aside: 0 });
  expect(await read('/jobs/visits')).toMatch(
    /Verified.*(just now|seconds ago): it agreed with the source, 5 recordsNext/,
  );
  expect(await read('/')).toContain('Everything is all right');

  await service.database.execute("UPDATE visits SET note = 'other' WHERE id IN (3, 8)");
  await service.database.execute('UPDATE visits SET id = 55 WHERE id = 9');
  const different = { missing: 1, different: 1, extra: 1 };
  const differs = await daemon.line('PPDB-0131', ({ missing, extra }) => missing === 1 && extra === 1);
  expect(differs).toMatchObject({ job: 'visits', records: 5, ...different });
  expect(await read('/')).toContain('has a data set that differs from its source in 3 records');
  expect(await read('/jobs/visits')).toMatch(
    /1 different and 1 in the data set alone.*pp-db-collector verify visits/,
  );
  const metrics = await read('/metrics');
  expect(metrics).toMatch(/^pp_db_collector_verification_differences\{job="visits"\} 3$/m);
  expect(metrics).toMatch(/^pp_db_collector_verification_last_successful\{job="visits"\} 1$/m);
  expect(metrics).toMatch(/^pp_db_collector_last_verification_timestamp_seconds\{job="visits"\} \d+/m);
  const shown = JSON.parse(await read('/api/jobs/visits'));
  expect(shown.verification).toMatchObject({ compared: 'records', source: 5, ...different });
  expect(shown.next_verification).toMatch(/^\d{4}-/);

  await api.close();
  expect(await daemon.line('PPDB-0132')).toMatchObject({ job: 'visits', side: 'target' });
  expect(await read('/metrics')).toMatch(/^pp_db_collector_verification_last_successful\{job="visits"\} 0$/m);
  expect(await read('/metrics')).not.toContain('verification_differences{');
});

test('a verification by hand counts for the daemon, too, unless somebody chose a part', async () => {
  await service.run('run', 'visits', '--from', '2014-06-01', '--to', '2014-06-11');
  await service.database.execute("UPDATE visits SET note = 'other' WHERE id = 8");
  const last = async () => (await service.run('jobs', 'visits')).stdout;
  expect(await last()).toMatch(/^ +verify +Every second\n +verified +not yet$/m);
  const part = await service.run('verify', 'visits', '--from', '2014-06-01', '--to', '2014-06-02');
  expect(part.code).toBe(0);
  expect(await last()).toMatch(/^ +verified +not yet$/m);
  expect((await service.run('verify', 'visits', '--periods', '2')).stdout).toContain(
    'agrees with the source: 2 records',
  );
  expect(await last()).toMatch(/^ +verified +\S+ \S+, agreed with the source, 2 records$/m);
  expect(await service.run('verify', 'visits', '--periods', '2', '--quiet')).toMatchObject({
    ...{ code: 0, stdout: '', stderr: '' },
  });
  const scheduled = await service.run('verify', 'visits', '--scheduled', '--quiet');
  expect(scheduled.code).toBe(7);
  expect(scheduled.stdout).toMatch(/^visits: differs from the source in 1 record of 2014-06-06 → 2014-06-11/);
  expect((await service.run('verify', 'visits')).code).toBe(7);
  expect(await last()).toContain('differed from the source, which has 10 records: 1 different');
  expect((await service.run('verify', 'visits', '--repair')).code).toBe(0);
  expect(await last()).toContain('agreed with the source, 10 records');
  expect(await service.json('jobs')).toMatchObject([
    { verification: { compared: 'records', source: 10, different: 0 } },
  ]);
});

test('check says beforehand whether the data set can be read', async () => {
  const ofDataSet = async () => {
    const { stdout } = await service.run('check', '--json');
    const { checks } = JSON.parse(stdout) as { checks: { layer: string }[] };
    return checks.find(({ layer }) => layer === 'data_set');
  };
  expect(await ofDataSet()).not.toHaveProperty('warnings');
  const hidden = await startWriteApi();
  service.sendTo(hidden.url);
  expect(await ofDataSet()).toMatchObject({
    ok: true,
    notes: [expect.stringMatching(/^verify compares counts and sums of its days alone: it answered 400/)],
  });
  await hidden.close();
  const closed = await startWriteApi({ queryable: false });
  service.sendTo(closed.url);
  expect(await ofDataSet()).toMatchObject({
    ok: true,
    warnings: [
      {
        message: expect.stringMatching(/^verify cannot compare it: the data set cannot be read: /),
        remedy: expect.stringContaining('write_api.read_url'),
      },
    ],
  });
  await closed.close();
});

test('--periods goes with windows alone, and without --from', async () => {
  const both = await service.run('verify', 'visits', '--periods', '2', '--from', '2014-06-01');
  expect(both).toMatchObject({ code: 2 });
  expect(both.stderr).toContain('--periods');
  service.workplace.write(
    'collectors/visits.yaml',
    `database: service
data_set: { data_group: test, data_type: applications, token: the-token }
cursor: { columns: [id], start: [0] }
query: SELECT day, id, note FROM visits WHERE id > :id ORDER BY id
record: { timestamp: day, id: [id] }
`,
  );
  const cursor = await service.run('verify', 'visits', '--periods', '2');
  expect(cursor).toMatchObject({ code: 2 });
  expect(cursor.stderr).toContain(
    '--periods is for jobs with a window; visits collects the rows that are new',
  );
});
