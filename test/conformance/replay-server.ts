import { hash, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { DataSetSettings } from '../../src/config/schema/write-api-schema.ts';
import { readableRecord } from '../../src/server/read/readable-record.ts';
import type { Store } from '../../src/server/store/store.ts';
import { createWriteApi } from '../../src/server/write-api.ts';
import { comparable, sorted } from './comparable.ts';
import { bodyOf, parseExactly, type RecordedDataSet, type RecordedRequest } from './recorded-cases.ts';

/** Servers that listen, one for each configuration of the recording, and requests to them byte by byte as recorded. */

export interface Answer {
  readonly status: number;
  readonly body: { readonly status?: string; readonly message?: string; readonly messages?: string[] };
}

interface ListeningServer {
  readonly app: FastifyInstance;
  readonly port: number;
  readonly store: Store;
  readonly dataSets: readonly DataSetSettings[];
}

/** One server for each configuration, all of them with one store. */
export class ReplayServers {
  readonly #servers = new Map<string, Promise<ListeningServer>>();
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** A server with these data sets, all of them empty. */
  async serverFor(recorded: readonly RecordedDataSet[]): Promise<ListeningServer> {
    const key = JSON.stringify(recorded);
    const starting = this.#servers.get(key) ?? start(recorded.map(toSettings), this.#store);
    this.#servers.set(key, starting);
    const server = await starting;
    for (const { name } of server.dataSets) await server.store.empty(name);
    return server;
  }

  async close(): Promise<void> {
    for (const starting of this.#servers.values()) await (await starting).app.close();
  }
}

async function start(dataSets: readonly DataSetSettings[], store: Store): Promise<ListeningServer> {
  const app = createWriteApi({ dataSets, store });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, port: (app.server.address() as AddressInfo).port, store, dataSets };
}

/** A token that is not a text lets nobody in. */
function toSettings(recorded: RecordedDataSet): DataSetSettings {
  const { bearer_token: token, schema } = recorded;
  return {
    data_group: recorded.data_group,
    data_type: recorded.data_type,
    name: recorded.name,
    token_sha256: hash('sha256', typeof token === 'string' ? token : randomUUID()),
    auto_ids: [...(recorded.auto_ids ?? [])],
    max_age_expected: null,
    ...('schema' in recorded ? { schema: schema as Record<string, unknown> } : {}),
  };
}

export async function storedRecords({ store, dataSets }: ListeningServer): Promise<readonly object[]> {
  const records = [];
  for (const { name } of dataSets) {
    for await (const record of store.records(name))
      records.push(comparable(parseExactly(readableRecord(record)) as Record<string, unknown>));
  }
  return sorted(records);
}

export function send(port: number, recorded: RecordedRequest): Promise<Answer> {
  const { method, path } = recorded;
  const body = bodyOf(recorded);
  return new Promise((resolve, reject) => {
    const chunked = recorded.headers?.['Transfer-Encoding'] !== undefined;
    const length = body === undefined || chunked ? {} : { 'Content-Length': body.length };
    const headers = { ...length, ...recorded.headers };
    const sending = request({ port, method, path, headers, agent: false }, async (response) => {
      try {
        const text = Buffer.concat(await response.toArray()).toString('utf8');
        resolve({ status: response.statusCode ?? 0, body: text === '' ? {} : JSON.parse(text) });
      } catch (error) {
        reject(error);
      }
    });
    // An answer that comes before the end of a body counts, although the rest of the body is then refused.
    sending.on('error', reject);
    sending.end(body);
  });
}
