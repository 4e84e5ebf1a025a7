import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { test } from '../support/daemon-place.ts';

const job = (query: string, over = '') => `database: source
schedule: "* * * * * *"
data_set: { data_group: test, data_type: visits, token: the-token }
snapshot: { period: hour }
query: ${query}
record: { id: [_timestamp] }
${over}`;

describe('the daemon', () => {
  test('runs jobs at their ticks, shows itself over HTTP, and ends at SIGTERM', async ({ place }) => {
    await place.prepare('better-sqlite3');
    const { api, workplace } = place;
    workplace.write('collectors/visits.yaml', job('SELECT 1 AS number'));
    workplace.write('collectors/wrong.yaml', 'database: nowhere\n');
    const daemon = place.start();
    const started = await daemon.line('PPDB-0001');
    expect(started).toMatchObject({ jobs: 1, next: expect.stringMatching(/^\d{4}-/) });
    expect(await daemon.line('PPDB-0004')).toMatchObject({ job: 'wrong' });
    await daemon.line('PPDB-0103', ({ outcome }) => outcome === 'succeeded');
    await api.seen(2);
    const url = String(started.http);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const page = await (await fetch(url)).text();
    expect(page).toContain('visits');
    expect(page).toContain('wrong');
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/pp_db_collector_runs_total\{job="visits",outcome="succeeded"\} [1-9]/);
    expect(metrics).toMatch(/pp_db_collector_requests_total\{data_set="test\/visits",status="200"\} [1-9]/);
    const asked = performance.now();
    daemon.child.kill('SIGTERM');
    const ended = await daemon.ended;
    expect(ended.code, ended.stderr).toBe(143);
    expect(performance.now() - asked).toBeLessThan(5_000);
    expect(daemon.lines('PPDB-0003')).toMatchObject([{ in_time: true }]);
  });

  test('stops with exit code 3 and all mistakes when config.yaml itself is wrong', async ({ place }) => {
    await place.prepare('better-sqlite3', 'shedule: {}\n');
    const { workplace } = place;
    const ended = await workplace.run(['start']);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('did you mean "schedule"?');
  });

  test('says what holds its port', async ({ place }) => {
    await place.prepare('better-sqlite3');
    const { api, workplace, database } = place;
    workplace.write(
      'config.yaml',
      `write_api: { url: "${api.url}" }
databases: { source: { client: better-sqlite3, connection: { filename: "${database.url}" } } }
http: { listen: "127.0.0.1:${api.port}" }
`,
    );
    workplace.write('collectors/visits.yaml', job('SELECT 1 AS number'));
    const ended = await workplace.run(['start']);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain(`127.0.0.1:${api.port} is in use`);
  });

  test('takes over new files at SIGHUP, whole or not at all', async ({ place }) => {
    await place.prepare('better-sqlite3');
    const { api, workplace } = place;
    workplace.write('collectors/visits.yaml', job('SELECT 1 AS number'));
    const daemon = place.start();
    await daemon.line('PPDB-0001');
    workplace.write('collectors/visits.yaml', job('SELECT 2 AS number'));
    workplace.write('collectors/other.yaml', job('SELECT', 'shedule: x\n'));
    daemon.child.kill('SIGHUP');
    const refused = await daemon.line('PPDB-0006');
    expect(String(refused.mistakes)).toContain('collectors/other.yaml');
    const before = api.requests.length;
    await api.seen(before + 2);
    expect(api.requests.at(-1)?.text).toContain('"number":1');
    rmSync(join(workplace.folder, 'collectors/other.yaml'));
    daemon.child.kill('SIGHUP');
    await daemon.line('PPDB-0005');
    // The first one may have begun before.
    for (let runs = 0; runs < 2; runs++) await daemon.next('PPDB-0103');
    expect(api.requests.at(-1)?.text).toContain('"number":2');
  });

  test('with --watch takes over what a symbolic link is turned to', async ({ place }) => {
    await place.prepare('better-sqlite3');
    const { api, workplace } = place;
    workplace.write('versions/one/visits.yaml', job('SELECT 1 AS number'));
    workplace.write('versions/two/visits.yaml', job('SELECT 2 AS number'));
    workplace.write('collectors/.keep', '');
    const link = join(workplace.folder, 'collectors/visits.yaml');
    symlinkSync('../versions/one/visits.yaml', link);
    const daemon = place.start(['--watch']);
    await daemon.line('PPDB-0001');
    rmSync(link);
    symlinkSync('../versions/two/visits.yaml', link);
    await daemon.line('PPDB-0005');
    // The first one may have begun before.
    for (let runs = 0; runs < 2; runs++) await daemon.next('PPDB-0103');
    expect(api.requests.at(-1)?.text).toContain('"number":2');
    // The state lies in the folder of config.yaml, and changes with every run.
    expect(daemon.lines('PPDB-0005')).toHaveLength(1);
  });

  test('makes up at its start for a run that was cut off', async ({ place }) => {
    await place.prepare('better-sqlite3');
    const { workplace } = place;
    const slow =
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS number FROM n';
    workplace.write('collectors/visits.yaml', job(slow));
    let daemon = place.start();
    await daemon.line('PPDB-0101');
    daemon.child.kill('SIGKILL');
    await daemon.ended;
    workplace.write('collectors/visits.yaml', job('SELECT 1 AS number').replace('* * * * * *', '0 0 * * *'));
    daemon = place.start();
    expect(await daemon.line('PPDB-0103')).toMatchObject({ outcome: 'succeeded', rows: 1 });
  });

  test('delivers at its start what was pending when it ended', async ({ place }) => {
    await place.prepare('better-sqlite3');
    const { api, workplace } = place;
    workplace.write('collectors/visits.yaml', job('SELECT 1 AS number').replace('* * * * * *', '0 0 1 1 *'));
    api.otherwise({ status: 401 });
    expect((await workplace.run(['run', 'visits'])).code).toBe(6);
    api.otherwise({ status: 200, body: { status: 'ok' } });
    const daemon = place.start();
    expect(await daemon.line('PPDB-0103')).toMatchObject({ rows: 0, records: 1, outcome: 'succeeded' });
  });

  test('makes up for what it slept through with one run', async ({ place }) => {
    await place.prepare('better-sqlite3');
    const { workplace } = place;
    workplace.write(
      'collectors/visits.yaml',
      job('SELECT 1 AS number').replace('* * * * * *', '*/2 * * * * *'),
    );
    const daemon = place.start();
    await daemon.line('PPDB-0103');
    daemon.child.kill('SIGSTOP');
    place.setAhead(7_000);
    const before = daemon.lines('PPDB-0101').length;
    daemon.child.kill('SIGCONT');
    // The tick that passed in mid-run was passed over, the others were missed.
    await Promise.race([daemon.line('PPDB-0007'), daemon.line('PPDB-0008')]);
    await daemon.next('PPDB-0103');
    expect(daemon.lines('PPDB-0101').length - before).toBeLessThanOrEqual(2);
  });
});

describe.each([
  [
    'pg',
    'SELECT pg_sleep(300)::text AS slept',
    "select count(*) from pg_stat_activity where query like '%pg_sleep(300)%' and pid <> pg_backend_pid()",
  ],
  [
    'mysql2',
    'SELECT sleep(300) AS slept',
    "select count(*) from information_schema.processlist where info like '%sleep(300)%' and id <> connection_id()",
  ],
] as const)('SIGTERM in the middle of a long query of %s', (client, query, running) => {
  test('ends the process soon, and the query on the server', async ({ place }) => {
    await place.prepare(client);
    const { workplace, database } = place;
    workplace.write('collectors/slow.yaml', job(query));
    const daemon = place.start();
    const count = async () => Number((await database.execute(running))[0]?.[0]);
    while ((await count()) === 0) await wait(50);
    const asked = performance.now();
    daemon.child.kill('SIGTERM');
    expect((await daemon.ended).code).toBe(143);
    expect(performance.now() - asked).toBeLessThan(5_000);
    for (let asks = 0; (await count()) > 0 && asks < 20; asks++) await wait(50);
    expect(await count()).toBe(0);
    expect(daemon.lines('PPDB-0103')).toMatchObject([{ outcome: 'interrupted' }]);
  });
});
