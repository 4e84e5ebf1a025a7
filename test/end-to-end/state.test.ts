import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDatabase } from '../support/databases.ts';
import { type FaultyServer, startFaultyServer } from '../support/faulty-server.ts';
import { ServiceOfVisits } from '../support/service-of-visits.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

let api: RunningWriteApi;
let service: ServiceOfVisits;

beforeEach(async () => {
  api = await startWriteApi();
  service = await ServiceOfVisits.open(api.url);
});

afterEach(async () => {
  await service.close();
  await api.close();
});

interface Span {
  readonly from: string;
  readonly to: string;
}

interface Standing {
  readonly job: string;
  readonly collected_to: string | null;
  readonly collected: readonly Span[] | null;
  readonly gaps: readonly Span[] | null;
  readonly cursor: readonly { readonly kind: string; readonly text: string }[] | null;
  readonly ids: Readonly<Record<string, unknown>> | null;
  readonly dead_letters: number;
  readonly pending: { readonly records: number; readonly snapshots: number };
  readonly run_by: { readonly holder: string } | null;
  readonly last_run: { readonly outcome: string } | null;
  readonly warnings: readonly string[];
}

async function standing(job: string): Promise<Standing> {
  const [first] = await service.json<Standing[]>('state', 'show', job);
  if (first === undefined) throw new Error('nothing is shown');
  return first;
}

const change = (...args: string[]) => service.run('state', ...args, '--yes');

describe('of a window job', () => {
  test('is shown: position, ids, pending records, dead letters, who runs it, last run', async () => {
    const before = await service.run('state', 'show');
    expect(before.stdout).toMatch(/^visits\n {2}position {6}none: nothing is collected yet\n/);
    expect(before.stdout).toContain('last run      none\n');
    await change('set', 'visits', '--collected-to', '2014-06-05');
    const { stdout } = await service.run('state', 'show', 'visits');
    expect(stdout).toContain('  position      collected up to 2014-06-05\n');
    expect(stdout).toContain('  run by        nobody\n');
    expect(await standing('visits')).toMatchObject({
      collected_to: '2014-06-04T23:00:00.000Z',
      pending: { records: 0, snapshots: 0 },
      dead_letters: 0,
      run_by: null,
      warnings: [],
    });
  });

  test('is set, with its effect told first, and only when somebody says so', async () => {
    const unasked = await service.run('state', 'set', 'visits', '--collected-to', '2014-06-05');
    expect(unasked).toMatchObject({ code: 2, stdout: '' });
    expect(unasked.stderr).toMatch(
      /^the next run collects from 2014-06-05 to \d{4}-\d\d-\d\d: [\d,]+ days in [\d,]+ queries; .*nothing is doubled\n/,
    );
    expect(unasked.stderr).toContain(
      'rows between 2014-06-01 and 2014-06-05 will never be collected by runs',
    );
    expect(unasked.stderr).toContain('→ Give --yes to do it.');
    expect((await standing('visits')).collected_to).toBeNull();

    await change('set', 'visits', '--collected-to', '2014-06-05');
    const back = await change('set', 'visits', '--collected-to', '2014-06-01T12:00:00Z');
    expect(back.code, back.stderr).toBe(0);
    expect(back.stderr).toContain('the next run collects from 2014-06-01 to ');
    expect(back.stderr).not.toContain('never');
    expect((await standing('visits')).collected_to).toBe('2014-06-01T12:00:00.000Z');
  });

  test('in the future is warned about', async () => {
    const { stderr } = await change('set', 'visits', '--collected-to', '2999-01-01');
    expect(stderr).toContain('! 2999-01-01 is in the future');
    expect((await standing('visits')).warnings).toEqual([
      expect.stringContaining('The position is later than the clock of this machine'),
    ]);
  });

  test('is reset: the next run begins anew', async () => {
    await change('set', 'visits', '--collected-to', '2014-06-05');
    const { code, stdout, stderr } = await change('reset', 'visits');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'visits: stands as if it had never run\n' });
    expect(stderr).toContain('the next run collects from 2014-06-01 to ');
    expect(await standing('visits')).toMatchObject({ collected_to: null, ids: null });
    expect((await change('reset', 'visits')).stderr).toBe('visits: nothing to reset, it stands nowhere\n');
  });

  test('is accepted when the ids have changed: the job stops before and goes on after', async () => {
    await service.visit(3);
    await change('set', 'visits', '--collected-to', '2014-06-03');
    const span = ['--from', '2014-06-02', '--to', '2014-06-04'];
    expect((await service.run('run', 'visits', ...span)).code).toBe(0);
    service.writeJob('{ timestamp: day, id: [id] }');
    const stopped = await service.run('run', 'visits', ...span);
    expect(stopped.code).toBe(3);
    expect(stopped.stderr).toContain('state accept visits');
    expect((await standing('visits')).warnings).toEqual([
      'The ids have changed, and no run goes on before state accept visits: record.id was ["_timestamp","id"] and is ["id"].',
    ]);
    const accepted = await change('accept', 'visits');
    expect(accepted.code).toBe(0);
    expect(accepted.stderr).toMatch(
      /^record\.id was .* and is \["id"\]\nthe records sent so far stay in test\/applications with their old _id/,
    );
    expect(await standing('visits')).toMatchObject({
      collected_to: '2014-06-03T23:00:00.000Z',
      warnings: [],
    });
    expect((await service.run('run', 'visits', ...span)).code).toBe(0);
    expect(await api.stored()).toHaveLength(4);
    expect((await change('accept', 'visits')).stderr).toContain('nothing to accept');
  });

  test('tells what is collected, and the gaps of state set, until they are collected by hand', async () => {
    const collect = (from: string, to: string) => service.run('run', 'visits', '--from', from, '--to', to);
    const timeOf = async () => {
      const [job] = await service.json<{ collected: Span[]; gaps: Span[] }[]>('jobs');
      const shown = await standing('visits');
      expect([job?.collected, job?.gaps]).toEqual([shown.collected, shown.gaps]);
      const dates = (spans: readonly Span[] = []) =>
        spans.map(({ from, to }) => `${from.slice(5, 10)} ${to.slice(5, 10)}`);
      return { collected: dates(job?.collected), gaps: dates(job?.gaps) };
    };
    await collect('2014-06-01', '2014-06-03');
    await change('set', 'visits', '--collected-to', '2014-06-05');
    await collect('2014-06-05', '2014-06-07');
    // Midnight in London, an hour before that of UTC.
    expect(await timeOf()).toEqual({
      collected: ['05-31 06-02', '06-04 06-06'],
      gaps: ['06-02 06-04'],
    });
    const { stdout } = await service.run('state', 'show', 'visits');
    expect(stdout).toContain(
      '  collected     2014-06-05 → 2014-06-07\n                2014-06-01 → 2014-06-03\n',
    );
    expect(stdout).toContain('  gaps          2014-06-03 → 2014-06-05\n');
    const command = 'pp-db-collector run visits --from 2014-06-03 --to 2014-06-05';
    expect(stdout).toContain(
      `! No run collects gaps by itself; the newest is collected by \`${command}\`.\n`,
    );
    expect((await service.run('jobs')).stdout).toContain('2014-06-07 (1 gap)');

    await collect('2014-06-03', '2014-06-05');
    expect(await timeOf()).toEqual({ collected: ['05-31 06-06'], gaps: [] });

    service.writeJob('{ timestamp: day, id: [id] }');
    await change('accept', 'visits');
    expect((await timeOf()).collected).toEqual(['05-31 06-06']);
    service.writeJob('{ timestamp: day, id: [id] }', 'max_periods: 1', 'others');
    expect((await change('accept', 'visits')).stderr).toContain('from here on they go to test/others');
    expect((await timeOf()).collected).toEqual([]);
  });

  test('is shown and reset when it is not configured any more', async () => {
    await change('set', 'visits', '--collected-to', '2014-06-05');
    rmSync(join(service.workplace.folder, 'collectors/visits.yaml'));
    const { code, stdout } = await service.run('state', 'show');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /^visits\n.*up to 2014-06-05\n.*times in {6}Europe\/London\n[^!]*! The job is not configured any more/s,
      ),
    });
    expect((await change('reset', 'visits')).code).toBe(0);
    expect((await service.run('state', 'show')).stdout).toBe('');
    expect((await change('reset', 'visits')).code).toBe(2);
  });

  test('is not changed by what makes no sense', async () => {
    const refused = async (...args: string[]) => {
      const { code, stderr } = await change('set', 'visits', ...args);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await refused()).toContain('expected --collected-to');
    expect(await refused('--cursor', '5')).toContain('expected --collected-to');
    expect(await refused('--collected-to', '5')).toContain('expected a date or an instant, got "5"');
    expect((await change('reset', 'vists')).stderr).toContain('Did you mean visits?');
    expect((await standing('visits')).collected_to).toBeNull();
  });
});

describe('of a cursor job', () => {
  beforeEach(async () => {
    await service.visit(10);
    service.workplace.write(
      'collectors/events.yaml',
      `database: service
data_set: { data_group: test, data_type: applications, token: the-token }
cursor: { columns: [day, id], start: [2014-01-01, 0] }
query: SELECT day, id, note FROM visits WHERE (day, id) > (:day, :id) ORDER BY day, id
record: { timestamp: day, id: [id] }
`,
    );
  });

  test('is set to the values of a row, which are tried on the database', async () => {
    const { code, stdout, stderr } = await change('set', 'events', '--cursor', '2014-06-07', '7');
    expect(code, stderr).toBe(0);
    expect(stdout).toBe('events: stands at (2014-06-07, 7)\n');
    expect(stderr).toContain('the next run collects the rows after (2014-06-07, 7)\n');
    expect(stderr).toContain('the first row after it is (2014-06-08, 8)\n');
    expect(stderr).toContain(
      'rows before that will never be collected by runs; cursor.start is (2014-01-01, 0)\n',
    );
    expect((await standing('events')).cursor).toEqual([
      { kind: 'datetime', text: '2014-06-07' },
      { kind: 'number', text: '7' },
    ]);
    expect((await service.run('run', 'events')).code).toBe(0);
    expect((await api.stored()).map(({ id }) => id)).toEqual([8, 9, 10]);
    const back = await change('set', 'events', '--cursor', '2014-06-09', '9');
    expect(back.stderr).toContain('rows between (2014-06-09, 9) and (2014-06-10, 10) are collected again');
    expect(back.stderr).not.toContain('never');
  });

  test('takes an instant for a column with and for one without a time zone', async () => {
    const database = await createDatabase('pg');
    await database.execute(`CREATE TABLE events AS SELECT at, (at AT TIME ZONE 'Europe/London') AS local
      FROM generate_series(timestamptz '2014-06-01 00:00Z', '2014-06-03 00:00Z', '1 hour') AS at`);
    const job = (column: string) => `database: service
data_set: { data_group: test, data_type: applications, token: the-token }
cursor: { columns: [${column}], start: [2014-01-01T00:00:00Z] }
query: SELECT at, local FROM events WHERE ${column} > :${column} ORDER BY ${column}
record: { timestamp: at, id: [_timestamp] }
`;
    service.workplace.write(
      'config.yaml',
      `write_api: { url: "${api.url}" }
databases:
  service: { client: pg, connection: "${database.url}", timezone: Europe/London }
`,
    );
    service.workplace.write('collectors/zoned.yaml', job('at'));
    service.workplace.write('collectors/local.yaml', job('local'));
    const zoned = await change('set', 'zoned', '--cursor', '2014-06-02T12:00:00Z');
    const local = await change('set', 'local', '--cursor', '2014-06-02T12:00:00Z');
    const refused = await change('set', 'zoned', '--cursor', '2014-06-02T12:00:00+99:00');
    await database.drop();
    expect(zoned.stdout).toBe('zoned: stands at (2014-06-02 12:00:00+00)\n');
    expect(zoned.stderr).toMatch(/the first row after it is \(2014-06-02 1[34]:00:00\+0[01]\)/);
    expect(local.stdout).toBe('local: stands at (2014-06-02 13:00:00)\n');
    expect(local.stderr).toContain('the first row after it is (2014-06-02 14:00:00)');
    expect(refused.code).not.toBe(0);
  });

  test('behind the newest row is warned about', async () => {
    const { stderr } = await change('set', 'events', '--cursor', '2014-07-01', '0');
    expect(stderr).toContain('! there is no row after it: everything is collected, or it lies beyond');
  });

  test('is set without the database, which is told', async () => {
    service.workplace.write(
      'config.yaml',
      `write_api: { url: "${api.url}" }
databases:
  service: { client: better-sqlite3, connection: { filename: /nowhere/visits.sqlite } }
`,
    );
    const { code, stderr } = await change('set', 'events', '--cursor', '2014-06-07', '7');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('! not tried: ');
    expect((await standing('events')).cursor?.map(({ kind }) => kind)).toEqual(['datetime', 'number']);
  });

  test('is not changed by values that do not fit', async () => {
    const few = await change('set', 'events', '--cursor', '2014-06-07');
    expect(few).toMatchObject({ code: 2, stderr: expect.stringContaining('expected 2 values, got 1') });
    const text = await change('set', 'events', '--cursor', '2014-06-07', 'seven');
    expect(text).toMatchObject({ code: 2, stderr: expect.stringContaining('expected a number such as') });
    expect((await standing('events')).cursor).toBeNull();
  });

  test('is dropped when changed cursor columns are accepted', async () => {
    expect((await service.run('run', 'events')).code).toBe(0);
    service.workplace.write(
      'collectors/events.yaml',
      `database: service
data_set: { data_group: test, data_type: applications, token: the-token }
cursor: { columns: [id], start: [0] }
query: SELECT day, id, note FROM visits WHERE id > :id ORDER BY id
record: { timestamp: day, id: [id] }
`,
    );
    const { stderr } = await change('accept', 'events');
    expect(stderr).toContain('the position is dropped, because it means something else now');
    expect(stderr).toContain('the next run begins at cursor.start (0) again');
    expect((await standing('events')).cursor).toBeNull();
    expect((await service.run('run', 'events')).stdout).toMatch(/succeeded .* 10 /);
  });
});

describe('of a snapshot job', () => {
  test('shows the records that wait for a write API that is down', async () => {
    await service.visit(3);
    service.workplace.write(
      'collectors/waiting.yaml',
      `database: service
data_set: { data_group: test, data_type: applications, token: the-token }
snapshot: { period: hour }
query: SELECT id FROM visits
record: { id: [_timestamp, id] }
`,
    );
    service.sendTo('http://127.0.0.1:1');
    expect((await service.run('run', 'waiting')).code).toBe(5);
    expect(await standing('waiting')).toMatchObject({ pending: { records: 3, snapshots: 1 } });
    expect((await service.run('state', 'show', 'waiting')).stdout).toMatch(
      /pending {7}3 records of one snapshot, the oldest taken \d{4}-/,
    );
    expect((await change('reset', 'waiting')).stderr).toContain('kept as they are: 3 pending records');
    service.sendTo(api.url);
    expect((await service.run('run', 'waiting')).code).toBe(0);
    expect(await standing('waiting')).toMatchObject({ pending: { records: 0 } });
  });

  test('shows what the write API refuses, and forgets it when somebody says so', async () => {
    const refusing = await startFaultyServer();
    refusing.otherwise({ status: 400, body: { status: 'error', messages: ['no such channel'] } });
    await service.visit(8);
    service.workplace.write(
      'collectors/waiting.yaml',
      `database: service
data_set: { data_group: test, data_type: applications, token: the-token }
snapshot: { period: hour }
query: SELECT id FROM visits
record: { id: [_timestamp, id] }
max_dead_letters: 3
`,
    );
    service.sendTo(refusing.url);
    const run = await service.run('run', 'waiting');
    expect(run.code).toBe(6);
    expect(run.stderr).toContain('to give it up: pp-db-collector state discard waiting 1.');
    const { stdout } = await service.run('state', 'show', 'waiting');
    expect(stdout).toMatch(
      / {16}snapshot 1, taken \d{4}-\d\d-\d\d \d\d:\d\d: 5 records, refused: .*no such channel/,
    );
    expect(stdout).toContain(
      '! Refused snapshots are tried again by each run; to give them up: state discard',
    );
    expect(await standing('waiting')).toMatchObject({
      dead_letters: 3,
      pending: { records: 5, refused: [{ snapshot: 1, records: 5 }] },
    });
    const [listed] = await service.json<{ job: string; pending_records: number }[]>('jobs');
    expect(listed).toMatchObject({ dead_letters: 0, pending_records: 0 });
    const notAsked = await service.run('state', 'discard', 'waiting', '1');
    expect(notAsked.code).toBe(2);
    expect(notAsked.stderr).toContain('5 records of 1 snapshot will never be delivered');
    const wrong = await change('discard', 'waiting', '7');
    expect(wrong.stderr).toContain('Those that wait have the numbers 1');
    expect((await change('discard', 'waiting', '1')).stdout).toBe('waiting: 1 snapshot discarded\n');
    expect(await standing('waiting')).toMatchObject({ pending: { records: 0, snapshots: 0 } });
    expect((await change('discard', 'waiting')).stderr).toBe('waiting: nothing waits to be delivered\n');
    await refusing.close();
  });
});

describe('while another process runs the job', () => {
  let busy: FaultyServer;

  beforeEach(async () => {
    busy = await startFaultyServer();
    busy.otherwise({ fault: 'hang' });
  });

  afterEach(() => busy.close());

  test('is shown with its holder and not changed; run, replay and change end with 9', async () => {
    await service.visit(3, "CASE id WHEN 2 THEN char(0) ELSE 'fine' END");
    expect((await service.run('run', 'visits', '--from', '2014-06-01', '--to', '2014-06-04')).code).toBe(7);
    service.sendTo(busy.url);
    const { child, ended } = service.workplace.start([
      'run',
      'visits',
      '--from',
      '2014-06-01',
      '--to',
      '2014-06-04',
    ]);
    await Promise.race([busy.seen(1), ended]);
    expect((await standing('visits')).run_by?.holder).toContain(`process ${child.pid} `);
    const second = await service.run('run', 'visits');
    expect(second).toMatchObject({ code: 9, stdout: expect.stringContaining('skipped') });
    const replay = await service.run('dead-letters', 'replay', 'visits');
    expect(replay).toMatchObject({ code: 9, stderr: expect.stringContaining(`process ${child.pid} `) });
    for (const args of [
      ['reset', 'visits'],
      ['set', 'visits', '--collected-to', '2015-01-01'],
    ]) {
      const { code, stderr } = await change(...args);
      expect(code).toBe(9);
      expect(stderr).toContain(`process ${child.pid} `);
    }
    expect((await standing('visits')).collected_to).toBeNull();
    child.kill('SIGKILL');
    await ended;
    expect((await standing('visits')).run_by).toBeNull();
    expect((await change('set', 'visits', '--collected-to', '2015-01-01')).code).toBe(0);
  });
});
