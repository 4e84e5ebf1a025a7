import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect } from 'vitest';
import { createWriteApi } from '../../src/server/write-api.ts';
import { CARERS_ALLOWANCE, HEADERS, PATH } from './memory-write-api.ts';
import { record, STORE_TESTS, UPDATED_AT } from './store-kinds.ts';

/** Long reads over real connections: those who do not wait for them, and those who come meanwhile. */

const BIG = '/data/carers-allowance/big';
const FIELDS = Array.from({ length: 40 }, (_, index) => `field_${index}`);
const RECORDS = 24_000;

const settings = { ...CARERS_ALLOWANCE, raw_queries_allowed: true };
const DATA_SETS = [settings, { ...settings, data_type: 'big', name: 'big' }];

/** No two are equal, and no filter of them says what another one says. */
const longQuery = (index: number) =>
  `${BIG}?${FIELDS.map((field) => `filter_by_prefix=${field}:a`).join('&')}&limit=${RECORDS - index}`;

/** A request that has arrived: what was asked before it on another connection is being worked on. */
async function ask(port: number, path: string): Promise<ClientRequest> {
  const asked = get({ port, path, agent: false }).on('error', () => undefined);
  await once(asked, 'finish');
  await answerTo(get({ port, path: '/_status', agent: false }));
  return asked;
}

async function answerTo(asked: ClientRequest): Promise<IncomingMessage & { readonly body: string }> {
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return Object.assign(answer, { body: await text(answer) });
}

const TESTS = STORE_TESTS.map(
  ([kind, test]) =>
    [
      kind,
      test
        .extend('app', async ({ store }, { onCleanup }) => {
          const app = createWriteApi({ dataSets: DATA_SETS, store });
          onCleanup(() => app.close());
          await app.listen({ host: '127.0.0.1', port: 0 });
          return app;
        })
        .extend('port', async ({ app }) => (app.server.address() as AddressInfo).port),
    ] as const,
);

describe.each(TESTS)('with %s', (_, test) => {
  test.beforeAll(async ({ store }) => {
    const fields = FIELDS.map((field) => `"${field}":"abc"`).join(',');
    for (let start = 0; start < RECORDS; start += 4_000) {
      const records = Array.from({ length: 4_000 }, (_, index) => ({
        id: `${start + index}`,
        timestamp: '2024-03-05T00:00:00+00:00',
        json: `{"_id":"${start + index}",${fields}}`,
      }));
      await store.replace('big', records, UPDATED_AT);
    }
    await store.replace(CARERS_ALLOWANCE.name, [record('x')], UPDATED_AT);
  }, 120_000);

  test('twelve reads whose clients hang up keep nobody waiting, not even those of the same data set', async ({
    port,
  }) => {
    const requests: ClientRequest[] = [];
    for (let index = 0; index < 12; index += 1) requests.push(await ask(port, longQuery(index)));
    for (const asked of requests) asked.destroy();
    const answer = await answerTo(get({ port, path: `${BIG}?limit=1`, agent: false }));
    expect([answer.statusCode, JSON.parse(answer.body).data.length]).toEqual([200, 1]);
  }, 60_000);

  test('long reads that are waited for hold up neither reads nor writes of another data set', async ({
    port,
  }) => {
    const requests: ClientRequest[] = [];
    for (let index = 0; index < 6; index += 1) requests.push(await ask(port, longQuery(index)));
    let isLongAnswered = false;
    for (const asked of requests)
      asked.once('response', () => {
        isLongAnswered = true;
      });
    for (let round = 0; round < 5; round += 1) {
      const small = await answerTo(get({ port, path: `${PATH}?limit=1`, agent: false }));
      expect(small.statusCode).toBe(200);
      const written = request({ port, path: PATH, method: 'POST', headers: HEADERS, agent: false });
      written.end(`{"_id":"x","_timestamp":"2024-03-05","round":${round}}`);
      expect((await answerTo(written)).statusCode).toBe(200);
    }
    expect(isLongAnswered).toBe(false);
    for (const asked of requests) asked.destroy();
  }, 60_000);

  test('more reads of a data set than may wait are answered at once with 503 and when to come again', async ({
    port,
  }) => {
    const requests = Array.from({ length: 30 }, (_, index) =>
      get({ port, path: longQuery(index), agent: false }).on('error', () => undefined),
    );
    const answer = await Promise.race(requests.map(answerTo));
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
    expect(JSON.parse(answer.body)).toMatchObject({
      status: 'error',
      message: expect.stringContaining('Too many'),
    });
    for (const asked of requests) asked.destroy();
  }, 60_000);

  test('a stop ends reads, running and waiting ones, with 503', async ({ app, port }) => {
    const requests: ClientRequest[] = [];
    for (let index = 0; index < 6; index += 1) requests.push(await ask(port, longQuery(index)));
    const answers = Promise.all(requests.map(answerTo));
    await app.close();
    for (const { statusCode, headers, body } of await answers) {
      expect([statusCode, headers.connection]).toEqual([503, 'close']);
      expect(JSON.parse(body)).toMatchObject({
        status: 'error',
        message: expect.stringContaining('stopping'),
      });
    }
  }, 60_000);
});
