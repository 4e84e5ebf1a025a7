import { describe, expect, test } from 'vitest';
import { DATA_SET_TOKEN } from './example-jobs.ts';
import { exampleView, VALUE_OF_A_ROW } from './example-view.ts';
import { serverWith } from './server-under-test.ts';

const NAMES = (await exampleView().jobs()).map(({ name }) => name);

async function get(url: string, ...settings: Parameters<typeof serverWith>) {
  const { app } = await serverWith(...settings);
  const answer = await app.inject(url);
  return { status: answer.statusCode, type: answer.headers['content-type'], body: answer.json() };
}

/** All keys, however deep, but those that people chose themselves: the fields of records. */
function keysIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(keysIn);
  return Object.entries(value).flatMap(([key, inner]) => [key, ...(key === 'fields' ? [] : keysIn(inner))]);
}

describe('/api/jobs', () => {
  test('tells of the daemon and of every job, wrong files included', async () => {
    const { status, type, body } = await get('/api/jobs');
    expect([status, type]).toEqual([200, 'application/json; charset=utf-8']);
    expect(body).toMatchObject({
      version: '1.2.3',
      started_at: '2026-11-14T09:20:00Z',
      now: '2026-11-17T09:20:00Z',
      ready: true,
      last_reload: { at: '2026-11-17T07:20:00Z', problems: [] },
    });
    expect(body.jobs.map(({ name }: { name: string }) => name)).toEqual(NAMES);
  });

  test('tells where a job stands', async () => {
    const { body } = await get('/api/jobs');
    const jobs = new Map<string, unknown>(body.jobs.map((job: { name: string }) => [job.name, job]));
    expect(jobs.get('transactions-by-channel')).toMatchObject({
      description: "Carer's Allowance applications by channel, per day",
      data_set: { data_group: 'carers-allowance', data_type: 'transactions-by-channel', replace: false },
      schedule: '30 6 * * *',
      timezone: 'Europe/London',
      next_run: '2026-11-18T06:30:00Z',
      running_since: null,
      progress: { collected_to: '2026-11-17T00:00:00Z', cursor: null },
      last_run: { outcome: 'succeeded', started_at: '2026-11-17T06:30:00Z', rows: 1_234_567, failure: null },
      stale: false,
    });
    expect(jobs.get('digital-take-up')).toMatchObject({
      running_since: '2026-11-17T09:17:00Z',
      running: {
        work: { unit: 'window', done: 7, owed: 24 },
        ...{ seconds_left: 437, rows: 252, records: 252 },
      },
    });
    expect(jobs.get('letters-sent')).toMatchObject({ running: null });
    expect(jobs.get('letters-sent')).toMatchObject({
      waiting_since: '2026-11-17T09:18:30Z',
      ticks_skipped: 17,
    });
    expect(jobs.get('applications-waiting')).toMatchObject({ pending_records: 144, stale: true });
    expect(jobs.get('completion-rate')).toMatchObject({ last_run: { failure: { side: 'source' } } });
    expect(jobs.get('call-centre-calls')).toMatchObject({ data_set: null, enabled: null });
    // More digits than a JSON number keeps.
    expect(jobs.get('application-events')).toMatchObject({
      progress: { cursor: ['2026-11-17 09:09:58.123456', '123456789012345678'] },
    });
  });

  test('says null where a daemon was never reloaded', async () => {
    expect((await get('/api/jobs', { lastReload: () => undefined })).body.last_reload).toBeNull();
  });
});

describe('/api/jobs/:name', () => {
  test('tells the query and the mapping, dead letters, pending records and periods', async () => {
    const { body } = await get('/api/jobs/visits-by-office');
    expect(body).toMatchObject({
      name: 'visits-by-office',
      definition: {
        file: 'collectors/visits-by-office.yaml',
        database: 'benefits',
        window: { period: 'day', lookback: 3, start: '2015-01-01', delay_seconds: 0 },
        record: { timestamp: 'submitted_on', fields: { count: 'count' } },
        timeout_seconds: 1_800,
      },
      letters: [{ id: 1, cause: 'not-a-record' }, { id: 2 }, { id: 3 }],
      pending: [],
    });
    expect(body.definition.query).toContain('WHERE submitted_at >= :from');
    expect(body.periods.at(-1)).toEqual({
      label: '2026-11-17',
      from: '2026-11-17T00:00:00Z',
      to: '2026-11-18T00:00:00Z',
      state: 'not-over',
      due_at: null,
    });
  });

  test('tells what is collected of a window job’s time, and what no run collects', async () => {
    const timeOf = async (name: string) => {
      const { collected, gaps } = (await get(`/api/jobs/${name}`)).body;
      return { collected, gaps };
    };
    expect(await timeOf('digital-take-up')).toEqual({
      collected: [{ from: '2026-10-23T00:00:00Z', to: '2026-10-28T00:00:00Z' }],
      gaps: [
        { from: '2026-10-28T00:00:00Z', to: '2026-10-30T00:00:00Z' },
        { from: '2026-11-05T00:00:00Z', to: '2026-11-06T00:00:00Z' },
      ],
    });
    expect(await timeOf('application-events')).toEqual({ collected: null, gaps: null });
  });

  test('tells the one mode that the job has', async () => {
    const definitionOf = async (name: string) => (await get(`/api/jobs/${name}`)).body.definition;
    expect(await definitionOf('application-events')).toMatchObject({ cursor: { lag_seconds: 300 } });
    expect(await definitionOf('applications-waiting')).toMatchObject({
      snapshot: { period: 'hour', keep_pending_seconds: 30 * 86_400 },
    });
    expect(Object.keys(await definitionOf('application-events'))).not.toContain('window');
  });

  test('tells what is wrong with a file', async () => {
    const { body } = await get('/api/jobs/call-centre-calls');
    expect(body.definition).toBeNull();
    expect(body.problems[0]).toContain('did you mean "channel"?');
  });

  test('is 404 for a name that no job has', async () => {
    const { status, body } = await get('/api/jobs/nothing');
    expect([status, body]).toEqual([404, { status: 'error', message: 'There is no job of this name.' }]);
  });
});

describe('/api/jobs/:name/runs', () => {
  const runs = (query: string) => get(`/api/jobs/transactions-by-channel/runs${query}`);

  test('gives the newest fifty, or as many as are asked for', async () => {
    expect((await runs('')).body.runs).toHaveLength(50);
    const { body } = await runs('?limit=2');
    expect(body.job).toBe('transactions-by-channel');
    expect(body.runs.map(({ started_at }: { started_at: string }) => started_at)).toEqual([
      '2026-11-17T06:30:00Z',
      '2026-11-16T06:30:00Z',
    ]);
  });

  test.each(['0', '1001', '-1', '1e2', '', 'all', '5&limit=6'])('refuses limit=%s', async (limit) => {
    const { status, body } = await runs(`?limit=${limit}`);
    expect([status, body.message]).toEqual([400, 'limit: expected a number from 1 to 1000.']);
  });

  test('is 404 for a name that no job has', async () => {
    expect((await get('/api/jobs/nothing/runs')).status).toBe(404);
  });
});

test('no document holds a token or the contents of a row, and all keys are in snake_case', async () => {
  const { app } = await serverWith();
  const urls = ['/api/jobs', ...NAMES.flatMap((name) => [`/api/jobs/${name}`, `/api/jobs/${name}/runs`])];
  const keys = new Set<string>();
  for (const url of urls) {
    const { body } = await app.inject(url);
    expect(body).not.toContain(DATA_SET_TOKEN);
    expect(body).not.toContain('token');
    expect(body).not.toContain('<secret>');
    expect(body).not.toContain(VALUE_OF_A_ROW);
    for (const key of keysIn(JSON.parse(body))) keys.add(key);
  }
  expect(keys.size).toBeGreaterThan(50);
  expect([...keys].filter((key) => !/^[a-z]+(?:_[a-z]+)*$/.test(key))).toEqual([]);
});
