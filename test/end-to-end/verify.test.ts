import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteState } from '../../src/state/sqlite/open-state.ts';
import { startFaultyServer } from '../support/faulty-server.ts';
import { ServiceOfVisits } from '../support/service-of-visits.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

let api: RunningWriteApi;
let hidden: RunningWriteApi;
let closed: RunningWriteApi;
let service: ServiceOfVisits;

beforeEach(async () => {
  api = await startWriteApi({ raw_queries_allowed: true });
  hidden = await startWriteApi();
  closed = await startWriteApi({ queryable: false });
  service = await ServiceOfVisits.open(api.url);
  service.writeJob(undefined, 'max_periods: 100');
  await service.visit(10);
});

afterEach(async () => {
  await service.close();
  await api.close();
  await hidden.close();
  await closed.close();
});

const SPAN = ['--from', '2014-06-01', '--to', '2014-06-11'];

async function collect(): Promise<void> {
  const { code, stderr } = await service.run('run', 'visits', ...SPAN);
  expect(code, stderr).toBe(0);
}

async function tamper(): Promise<void> {
  await service.database.execute("UPDATE visits SET note = 'other' WHERE id = 3");
  await service.database.execute('UPDATE visits SET id = 55 WHERE id = 5');
}

const DIFFERENCES = [
  {
    standing: 'different',
    fields: ['note'],
    source: { id: 3, note: 'other' },
    data_set: { id: 3, note: 'fine' },
  },
  { standing: 'missing', fields: [], source: { id: 55 }, data_set: null },
  { standing: 'extra', fields: [], source: null, data_set: { id: 5 } },
];

test('compares record by record, with 0 and 7', async () => {
  await collect();
  const same = await service.run('verify', 'visits');
  expect(same).toMatchObject({ code: 0, stderr: '' });
  expect(same.stdout).toMatch(/^visits: agrees with the source: 10 records of 2014-06-01 → 2014-06-11\n$/);

  await tamper();
  const other = await service.run('verify', '--all');
  expect(other.code).toBe(7);
  expect(other.stdout).toMatch(
    /^visits: differs from the source in 3 records of .*: 1 missing, 1 different and 1 extra; 8 are equal\n/,
  );
  expect(other.stdout).toMatch(/^different +2014-06-03T00:00:00Z +\S+ +note: "other" → "fine"/m);
  expect(other.stdout).toContain(
    'pp-db-collector verify visits --repair delivers what is missing or different',
  );
  const [document] = await service.json<{ differences: { standing: string }[] }[]>(
    'verify',
    'visits',
    ...SPAN,
  );
  expect(document).toMatchObject({
    ...{ job: 'visits', compared: 'records', agrees: false, source: 10, equal: 8 },
    ...{ missing: 1, different: 1, extra: 1, set_aside: 0 },
  });
  expect(document?.differences.sort(byStanding)).toMatchObject(DIFFERENCES);
});

test('repairs and removes what differs, never without having been told to', async () => {
  await collect();
  await tamper();
  const alone = await service.run('verify', 'visits', '--delete-extra');
  expect(alone).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--delete-extra goes with --repair'),
  });
  const unasked = await service.run('verify', 'visits', '--repair', '--delete-extra');
  expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('give --yes') });
  expect(await api.stored()).toHaveLength(10);

  const repaired = await service.run('verify', 'visits', '--repair');
  expect(repaired.code).toBe(7);
  expect(repaired.stdout).not.toContain('→ pp-db-collector');
  expect(repaired.stderr).toMatch(
    /^visits: 2 records delivered, 0 removed; still 1 extra\n {2}→ .*--delete-extra removes/m,
  );
  const removed = await service.run('verify', 'visits', '--repair', '--delete-extra', '--yes', '--json');
  expect(removed.code, removed.stderr).toBe(0);
  expect(JSON.parse(removed.stdout)).toMatchObject([
    { repair: { delivered: 0, removed: 1, left: { missing: 0, different: 0, extra: 0 } } },
  ]);
});

const ORDER = ['different', 'missing', 'extra'];
const byStanding = (a: { standing: string }, b: { standing: string }) =>
  ORDER.indexOf(a.standing) - ORDER.indexOf(b.standing);

test('compares counts and sums where single records cannot be read, and repairs whole days', async () => {
  service.sendTo(hidden.url);
  await collect();
  const same = await service.run('verify', 'visits');
  expect(same.code, same.stderr).toBe(0);
  expect(same.stdout).toMatch(
    /^visits: counts and sums agree with the source: 10 records on 10 days of .*\nOnly the number of records and the sums of id of each day were compared, as single records cannot be read: it answered 400: querying for raw data is not allowed\.\n/,
  );

  await service.database.execute("INSERT INTO visits VALUES ('2014-06-04', 20, 'late')");
  const other = await service.run('verify', 'visits');
  expect(other.code).toBe(7);
  expect(other.stdout).toMatch(/^2014-06-04 +\(records\) +2 +1\n +id +24 +4\n/m);
  expect(await service.json('verify', 'visits')).toMatchObject([
    {
      ...{ compared: 'sums', agrees: false, fields: ['id'], days: 10, source: 11, set_aside: 0 },
      differences: [
        {
          start: '2014-06-04T00:00:00Z',
          count: { source: 2, data_set: 1 },
          sums: { id: { source: 24, data_set: 4 } },
        },
      ],
    },
  ]);
  const refused = await service.run('verify', 'visits', '--repair', '--delete-extra', '--yes');
  expect(refused).toMatchObject({
    code: 6,
    stderr: expect.stringContaining(
      'no single records can be removed: they cannot be read, as it answered 400',
    ),
  });
  const repaired = await service.run('verify', 'visits', '--repair');
  expect(repaired.code, repaired.stderr).toBe(0);
  expect(repaired.stderr).toContain(
    'visits: 2 records delivered; counts and sums agree with the source now\n',
  );
});

test('says what it cannot do, and changes nothing', async () => {
  const nothing = await service.run('verify', 'visits');
  expect(nothing).toMatchObject({ code: 8, stderr: expect.stringContaining('has delivered nothing yet') });
  await collect();
  const dates = await service.run('verify', 'visits', '--from', '2014-06-11', '--to', '2014-06-01');
  expect(dates).toMatchObject({ code: 2, stderr: expect.stringContaining('2014-06-11') });
  const unknown = await service.run('verify', 'visit');
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('visit') });
  service.sendTo(closed.url);
  const unreadable = await service.run('verify', 'visits');
  expect(unreadable).toMatchObject({
    code: 5,
    stderr: expect.stringMatching(
      /^visits: the data set cannot be read: it answered 404: data_set not found\n.*write_api\.read_url/s,
    ),
  });
  expect(await service.json('verify', 'visits')).toEqual([
    {
      ...{ job: 'visits', agrees: null },
      failure: {
        side: 'target',
        message: 'the data set cannot be read: it answered 404: data_set not found',
        remedy: expect.stringContaining('write_api.read_url'),
      },
    },
  ]);
});

test('ends with 9 when a second look is needed while a run goes on', async () => {
  await collect();
  await tamper();
  const state = openSqliteState(`${service.workplace.folder}/state/collector.sqlite`);
  const lease = await state.takeLease('visits');
  const busy = await service.run('verify', 'visits');
  if (lease.kind === 'lease') await lease.release();
  await state.close();
  expect(lease.kind).toBe('lease');
  expect(busy).toMatchObject({ code: 9, stdout: '', stderr: expect.stringMatching(/^visits: /) });
  expect((await service.run('verify', 'visits')).code).toBe(7);
});

test('that is stopped is no failure', async () => {
  await collect();
  const silent = await startFaultyServer();
  silent.takeReads();
  silent.otherwise({ fault: 'hang' });
  service.sendTo(silent.url);
  const { child, ended } = service.workplace.start(['verify', 'visits', '--json']);
  await silent.seen(1);
  child.kill('SIGTERM');
  const { code, stdout } = await ended;
  await silent.close();
  expect({ code, printed: JSON.parse(stdout) }).toEqual({
    code: 143,
    printed: [{ job: 'visits', agrees: null, failure: null }],
  });
});
