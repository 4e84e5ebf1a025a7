import { hash } from 'node:crypto';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { describe, expect, test } from 'vitest';
import type { DataSetSettings } from '../../src/config/schema/write-api-schema.ts';
import { createWriteApi } from '../../src/server/write-api.ts';
import { STORE_TESTS } from '../server/store-kinds.ts';
import { acceptable, RECORDED_AT, type ReadCase, type ReadDataSet, readRecording } from './read-cases.ts';
import { READ_DISPUTED, type ReadDispute } from './read-disputed.ts';
import type { RecordedRequest } from './recorded-cases.ts';

const { data_sets, setup, cases } = readRecording();

const TESTS = STORE_TESTS.map(
  ([kind, test]) =>
    [
      kind,
      test.extend('app', { scope: 'file' }, async ({ store }, { onCleanup }) => {
        const app = createWriteApi({ dataSets: data_sets.map(toSettings), store, now: () => RECORDED_AT });
        onCleanup(() => app.close());
        for (const request of setup) {
          const { statusCode, body } = await app.inject(injected(acceptable(request)));
          expect(statusCode, body).toBe(200);
        }
        return app;
      }),
    ] as const,
);

describe.each(TESTS)('recorded reads with %s', (_, test) => {
  for (const recorded of cases) {
    const dispute = READ_DISPUTED.get(recorded.name);
    const reason = dispute === undefined ? '' : `, answered otherwise: ${dispute.because}`;
    test(`${recorded.name}${reason}`, async ({ app }) => {
      const answer = await app.inject(injected(recorded.request));
      if (dispute === undefined) expectSame(answer, recorded);
      else expectDisputed(answer, dispute);
    });
  }

  test('HEAD is answered as GET, without a body', async ({ app }) => {
    const [get, head] = await Promise.all(
      (['GET', 'HEAD'] as const).map((method) => app.inject({ method, url: '/data/reads/raw?limit=2' })),
    );
    expect(head?.statusCode).toBe(200);
    expect(head?.body).toBe('');
    for (const name of ['content-type', 'content-length', 'cache-control', 'access-control-allow-origin'])
      expect(head?.headers[name], name).toBe(get?.headers[name]);
  });
});

test('every dispute is about a recorded case', () => {
  expect([...READ_DISPUTED.keys()].filter((name) => !cases.some((each) => each.name === name))).toEqual([]);
});

function toSettings(recorded: ReadDataSet): DataSetSettings {
  const { data_group, data_type, name, queryable, raw_queries_allowed, published, realtime } = recorded;
  return {
    ...{ data_group, data_type, name, queryable, raw_queries_allowed, published, realtime },
    token_sha256: hash('sha256', String(recorded.bearer_token)),
    auto_ids: [],
    max_age_expected: null,
  };
}

function injected({ method, path, headers = {}, body }: RecordedRequest): InjectOptions {
  return {
    method: method as 'GET',
    url: path,
    headers,
    ...(body === undefined ? {} : { payload: body }),
  };
}

/** `allow` lists the write API's methods, too; the tag of an answer is of our own bytes. */
const HEADERS = [
  ...['access-control-allow-origin', 'access-control-max-age', 'access-control-allow-headers'],
  ...['cache-control', 'content-disposition'],
];

function expectSame(answer: LightMyRequestResponse, { request, response }: ReadCase): void {
  expect(answer.statusCode, answer.body).toBe(response.status);
  // What no route takes is answered as the write API answers it.
  const isRouted = !['/', '/data/reads/raw/r01'].includes(request.path) && request.method !== 'DELETE';
  for (const name of HEADERS.filter((each) => isRouted && each in response.headers))
    expect(answer.headers[name], name).toBe(response.headers[name]);
  if (response.headers.etag !== undefined) expect(answer.headers.etag).toMatch(/^"[0-9a-f]{40}"$/);
  if (response.body === null) {
    expect(answer.body).toBe('');
  } else if (typeof response.body === 'string') {
    expect(answer.headers['content-type']).toBe('text/csv');
    expect(csvCells(answer.body)).toEqual(csvCells(response.body));
  } else {
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expectSameJson(answer.body, request.path, response);
  }
}

/** What is not there is told in the words of the write API. */
function expectSameJson(text: string, path: string, { status, body }: ReadCase['response']): void {
  if (status === 404 || status === 405)
    expect(JSON.parse(text)).toEqual({ status: 'error', message: expect.any(String) });
  else expect(comparable(text, path)).toEqual(comparable(JSON.stringify(body), path));
}

function expectDisputed(answer: LightMyRequestResponse, { status, ids, body }: ReadDispute): void {
  expect(answer.statusCode, answer.body).toBe(status);
  if (ids !== undefined) expect(answer.json().data.map((record: { _id: string }) => record._id)).toEqual(ids);
  if (body !== undefined) expect(answer.json()).toMatchObject(body);
  if (status >= 400) expect(answer.json()).toEqual({ status: 'error', message: expect.any(String) });
}

/**
 * Without the time of storing, and without the order that means nothing in the original: that of its hash tables and
 * its sort.
 */
function comparable(body: string, path: string): unknown {
  const parsed = JSON.parse(body, (key, value) => (key === '_updated_at' ? undefined : value));
  const field = /[?&]sort_by=(\w+):/.exec(path)?.[1];
  if (field !== undefined && Array.isArray(parsed.data))
    return {
      ...parsed,
      data: parsed.data.toSorted(canonically),
      sorted: parsed.data.map((entry: Entry) => entry[field]),
    };
  return path.includes('flatten=true') ? { ...parsed, data: parsed.data.toSorted(canonically) } : parsed;
}

type Entry = Readonly<Record<string, unknown>>;

function canonically(left: Entry, right: Entry): number {
  const [leftText, rightText] = [left, right].map((entry) => JSON.stringify(Object.entries(entry).sort()));
  return (leftText ?? '') < (rightText ?? '') ? -1 : 1;
}

/** Numbers without their spelling: 1.0 comes back as 1. */
function csvCells(text: string): (string | number)[][] {
  const updatedAt = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\+00:00/g;
  return text
    .replaceAll(updatedAt, '')
    .split('\r\n')
    .map((line) => line.split(',').map((cell) => (/^[\d.]+$/.test(cell) ? Number(cell) : cell)));
}
