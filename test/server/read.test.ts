import { hash } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSqlite } from '../../src/server/store/sqlite/open.ts';
import { readSqlite, SqliteReads } from '../../src/server/store/sqlite/reads.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/store.ts';
import type { Store } from '../../src/server/store/store.ts';
import type { NewRecord } from '../../src/server/store/stored-record.ts';
import { createWriteApi } from '../../src/server/write-api.ts';
import { CARERS_ALLOWANCE, memoryWriteApi, NAME, NOW, PATH } from './memory-write-api.ts';
import { STORE_TESTS, UPDATED_AT } from './store-kinds.ts';

function record(id: string, json: string, timestamp = '2024-03-05T00:00:00+00:00'): NewRecord {
  return { id, timestamp, json: `{"_id":"${id}","_timestamp":"${timestamp}",${json}}` };
}

const TESTS = STORE_TESTS.map(
  ([kind, test]) =>
    [
      kind,
      test
        .extend('app', { scope: 'file' }, async ({ store }, { onCleanup }) => {
          const dataSets = [{ ...CARERS_ALLOWANCE, raw_queries_allowed: true }];
          const app = createWriteApi({ dataSets, store, now: () => NOW });
          onCleanup(() => app.close());
          return app;
        })
        /** The answer to a query of a data set with these records. */
        .extend('answer', async ({ store, app }) => {
          return async (records: readonly NewRecord[], query: string) => {
            await store.empty(NAME);
            await store.replace(NAME, records, UPDATED_AT);
            return await app.inject({ url: `${PATH}?${query}` });
          };
        }),
    ] as const,
);

describe.each(TESTS)('with %s', (_, test) => {
  test('integers of 64 bits come back as they were sent: in records, groups, sums, sets and CSV', async ({
    answer,
  }) => {
    const records = [
      record('a', '"big":9223372036854775807,"kind":1'),
      record('b', '"big":9007199254740993,"kind":1'),
    ];
    const text = async (query: string) => (await answer(records, query)).body;
    expect(await text('filter_by=big:9223372036854775807')).toContain('"big":9223372036854775807');
    expect(JSON.parse(await text('filter_by=big:9223372036854775806')).data).toEqual([]);
    expect(await text('group_by=big')).toContain('"big":9007199254740993');
    expect(await text('group_by=kind&collect=big:sum')).toContain('"big:sum":9232379236109516800');
    expect(await text('group_by=kind&collect=big:set')).toContain(
      '"big:set":[9007199254740993,9223372036854775807]',
    );
    expect(await text('format=csv')).toContain(',9223372036854775807,');
  });

  test('a sum may be larger than 64 bits', async ({ answer }) => {
    const records = ['a', 'b', 'c'].map((id) => record(id, '"big":9223372036854775807,"kind":1'));
    expect((await answer(records, 'group_by=kind&collect=big:sum')).body).toContain(
      '"big:sum":27670116110564327421',
    );
  });

  test('numbers that only a double holds, or that are almost nothing, are found, grouped and added', async ({
    answer,
  }) => {
    const records = [
      record('a', '"val":1e-999999,"kind":1'),
      record('b', '"val":10000000000000000000,"kind":1'),
      record('c', '"val":1.50,"kind":1'),
    ];
    expect((await answer(records, 'filter_by=val:1.5')).json().data).toMatchObject([{ _id: 'c' }]);
    expect((await answer(records, 'filter_by=val:1e19')).json().data).toMatchObject([{ _id: 'b' }]);
    expect((await answer(records, 'group_by=val')).json().data).toHaveLength(3);
    expect((await answer(records, 'group_by=kind&collect=val:sum')).json().data).toMatchObject([
      { 'val:sum': 1e19 },
    ]);
    expect((await answer(records, 'sort_by=val:descending')).json().data).toMatchObject([
      { _id: 'b' },
      { _id: 'c' },
      { _id: 'a' },
    ]);
  });

  test('nothing of a query becomes SQL or a pattern', async ({ answer }) => {
    const records = [
      record('a', `"kind":"' OR 1=1 --"`),
      record('b', '"kind":"x%y"'),
      record('c', '"kind":"xzy"'),
    ];
    const ids = async (query: string) =>
      (await answer(records, query)).json().data.map(({ _id }: { _id: string }) => _id);
    expect(await ids(`filter_by=kind:${encodeURIComponent("' OR 1=1 --")}`)).toEqual(['a']);
    expect(await ids('filter_by_prefix=kind:x%25')).toEqual(['b']);
    expect(await ids('filter_by_prefix=kind:x_')).toEqual([]);
    expect(await ids('filter_by=kind:%00')).toEqual([]);
    expect(await ids('filter_by=kind:%ff%fe')).toEqual([]);
    expect(await ids(`group_by=kind&group_by=${encodeURIComponent(`$."x' OR 1`)}`)).toEqual([]);
    expect(await ids('sort_by=constructor:ascending')).toHaveLength(3);
    expect(await ids('filter_by=__proto__:x')).toEqual([]);
  });

  test('CSV quotes what needs it, and names every field that any record has', async ({ answer }) => {
    const records = [
      record('a', '"kind":"a,\\"b\\"\\r\\nc","ok":null'),
      record('b', '"other":true,"val":1.50'),
    ];
    const { body, headers } = await answer(records, 'format=csv');
    expect(headers['content-type']).toBe('text/csv');
    expect(body.startsWith('_day_start_at,_hour_start_at,_id,')).toBe(true);
    expect(body).toContain(',_year_start_at,kind,ok,other,val\r\n');
    expect(body).toContain(',"a,""b""\r\nc",,,\r\n');
    expect(body).toContain(',,,True,1.50\r\n');
  });

  test('CSV of groups has a column for records that lack a collected field, blank where none does', async ({
    answer,
  }) => {
    const records = [
      record('a', '"kind":"x","val":2'),
      record('b', '"kind":"y","val":null'),
      record('c', '"kind":"y","val":1'),
    ];
    const { body } = await answer(records, 'group_by=kind&collect=val:sum&format=csv');
    expect(body).toBe('_count,kind,val:missing,val:sum\r\n1,x,,2\r\n2,y,1,1\r\n');
  });

  test('CSV of groups holds lists and periods as JSON', async ({ answer }) => {
    const { body } = await answer(
      [record('a', '"kind":"x","val":"y"')],
      'group_by=kind&collect=val:set&format=csv',
    );
    expect(body).toBe('_count,kind,val:set\r\n1,x,"[""y""]"\r\n');
  });

  test('the periods of platform fields can be filtered and sorted by', async ({ answer }) => {
    const records = [
      record('a', '"kind":1', '2024-03-10T23:59:59.999999+00:00'),
      record('b', '"kind":1', '2024-03-11T00:00:00+00:00'),
    ];
    const ids = async (query: string) =>
      (await answer(records, query)).json().data.map(({ _id }: { _id: string }) => _id);
    expect(await ids('filter_by=_week_start_at:2024-03-04T00:00:00%2B00:00')).toEqual(['a']);
    expect(await ids('filter_by=_quarter_start_at:2024-01-01T00:00:00%2B00:00')).toEqual(['a', 'b']);
    expect(await ids('filter_by_prefix=_hour_start_at:2024-03-11T00')).toEqual(['b']);
    expect(await ids('sort_by=_day_start_at:descending')).toEqual(['b', 'a']);
    expect(await ids(`filter_by_prefix=_updated_at:2024-06-12&limit=1`)).toEqual(['a']);
  });

  test('a flat answer has every combination of values in every period; with a limit only the groups that it leaves', async ({
    answer,
  }) => {
    const records = [
      record('a', '"kind":"x","val":1'),
      record('b', '"kind":"y","val":2'),
      record('c', '"kind":"y","val":2'),
    ];
    const span = 'period=day&start_at=2024-03-05T00:00:00Z&end_at=2024-03-07T00:00:00Z&flatten=true';
    const rows = async (query: string) =>
      (await answer(records, `${span}&${query}`))
        .json()
        .data.map((row: Record<string, unknown>) => [row.kind, row.val, row._count]);
    expect(await rows('group_by=kind&group_by=val')).toEqual([
      ...[
        ['x', 1, 1],
        ['x', 2, 0],
        ['y', 1, 0],
        ['y', 2, 2],
      ],
      ...[
        ['x', 1, 0],
        ['x', 2, 0],
        ['y', 1, 0],
        ['y', 2, 0],
      ],
    ]);
    expect(await rows('group_by=kind&group_by=val&sort_by=_count:descending&limit=1')).toEqual([
      ['y', 2, 2],
      ['y', 2, 0],
    ]);
  });

  test('the last periods move back while they are empty, as far as the fullest group needs; those of flat answers stay', async ({
    answer,
  }) => {
    const records = [
      record('a', '"kind":"x"', '2024-06-05T00:00:00+00:00'),
      record('b', '"kind":"y"', '2024-05-28T00:00:00+00:00'),
    ];
    const first = async (query: string) =>
      (await answer(records, `period=week&duration=3&${query}`)).body.match(/"_start_at":"([^T]+)/)?.[1];
    expect(await first('group_by=kind')).toBe('2024-05-20');
    expect(await first('group_by=kind&filter_by=kind:y')).toBe('2024-05-13');
    expect(await first('group_by=kind&filter_by=kind:y&flatten=true')).toBe('2024-05-20');
    expect(await first('filter_by=kind:y&start_at=2024-05-14T09:00:00Z')).toBe('2024-05-27');
    expect(await first('filter_by=kind:z')).toBe('2024-05-20');
  });

  test('queries beyond the calendar or for too many periods are refused', async ({ answer }) => {
    const refused = async (query: string) => {
      const { statusCode, body } = await answer([record('a', '"kind":1')], query);
      expect(statusCode, body).toBe(400);
    };
    await refused('period=hour&start_at=0101-01-01T00:00:00Z&end_at=9999-01-01T00:00:00Z');
    await refused('period=year&start_at=9999-01-01T00:00:00Z&end_at=9999-12-31T00:00:00Z');
    await refused('period=year&duration=3000');
    await refused('period=day&duration=99999999999999999999');
    await refused('period=hour&duration=300000');
  });

  test('a client that goes away in the midst of an answer, or wants its headers only, leaves nothing behind', async ({
    store,
    app,
  }) => {
    const padding = 'x'.repeat(2_000);
    const records = Array.from({ length: 8_000 }, (_, index) => record(`id-${index}`, `"kind":"${padding}"`));
    await store.empty(NAME);
    await store.replace(NAME, records, UPDATED_AT);
    if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    for (let round = 0; round < 5; round++) {
      const leaving = get({ port, path: PATH, agent: false });
      const [response] = (await once(leaving, 'response')) as [IncomingMessage];
      await once(response, 'readable');
      response.destroy();
      const asking = request({ port, path: PATH, method: 'HEAD', agent: false }).end();
      const [head] = (await once(asking, 'response')) as [IncomingMessage];
      expect(head.statusCode).toBe(200);
      head.resume();
    }
    const whole = get({ port, path: PATH, agent: false });
    const [response] = (await once(whole, 'response')) as [IncomingMessage];
    const body = Buffer.concat(await response.toArray()).toString();
    expect(JSON.parse(body).data).toHaveLength(8_000);
    expect(response.headers['content-length']).toBeUndefined();
  }, 30_000);
});

describe('reading', () => {
  const ofOne = async (settings: Parameters<typeof memoryWriteApi>[0]) => {
    const api = memoryWriteApi(settings);
    await api.store.replace(NAME, [record('a', '"kind":1')], UPDATED_AT);
    return api.app;
  };

  test('of a data set that is not queryable is answered as that of one that is not there', async () => {
    const app = await ofOne({ queryable: false, raw_queries_allowed: true });
    const hidden = await app.inject({ url: PATH });
    const missing = await app.inject({ url: '/data/carers-allowance/nothing' });
    expect([hidden.statusCode, hidden.body]).toEqual([404, missing.body]);
    expect((await app.inject({ url: `/${NAME}` })).statusCode).toBe(404);
  });

  test('gives no single records unless the data set allows it', async () => {
    const app = await ofOne({});
    expect((await app.inject({ url: PATH })).json()).toEqual({
      status: 'error',
      message: 'querying for raw data is not allowed',
    });
    expect((await app.inject({ url: `${PATH}?group_by=kind` })).json()).toEqual({
      data: [{ _count: 1, kind: 1 }],
    });
  });

  test('of what is not published is never cached, always JSON, and warns', async () => {
    const app = await ofOne({ published: false });
    const { headers, body } = await app.inject({ url: `${PATH}?group_by=kind&format=csv` });
    expect(headers['cache-control']).toBe('no-cache');
    expect(JSON.parse(body).warning).toMatch(/^Warning: This data-set is unpublished/);
  });

  test('by name answers 304 to a client that has the answer', async () => {
    const app = await ofOne({ raw_queries_allowed: true });
    const { headers } = await app.inject({ url: `/${NAME}` });
    const again = (tag: string) => app.inject({ url: `/${NAME}`, headers: { 'if-none-match': tag } });
    expect((await again(`"x", W/${headers.etag}`)).statusCode).toBe(304);
    expect((await again('"x"')).statusCode).toBe(200);
  });

  test('that takes too long is answered with 503', async () => {
    const database = openSqlite(':memory:');
    onTestFinished(() => void database.close());
    database.exec(`
      INSERT INTO data_sets (key, name) VALUES (1, 'a');
      INSERT INTO records (data_set, id, timestamp, updated_at, json) VALUES (1, 'x', '', '', '{}')`);
    const reads = new SqliteReads(database, -1);
    const store: Store = {
      ...openSqliteStore(':memory:'),
      read: (dataSet, plan) => readSqlite(async (question) => reads.answer(question), dataSet, plan),
    };
    const { app } = memoryWriteApi({ store, name: 'a', raw_queries_allowed: true });
    const { statusCode, body } = await app.inject({ url: PATH });
    expect([statusCode, JSON.parse(body).status]).toEqual([503, 'error']);
  });
});

test('the tokens of a data set are not needed to read it', async () => {
  const { app, post } = memoryWriteApi({ token_sha256: hash('sha256', 'other'), raw_queries_allowed: true });
  expect((await post('[]')).status).toBe(401);
  expect((await app.inject({ url: PATH })).json()).toEqual({ data: [] });
});
