import { hash } from 'node:crypto';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import type { DataSetSettings } from '../../src/config/schema/write-api-schema.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/store.ts';
import type { Store } from '../../src/server/store/store.ts';
import type { StoredRecord } from '../../src/server/store/stored-record.ts';
import { createWriteApi } from '../../src/server/write-api.ts';

export const TOKEN = 'carers-allowance-token';
export const NOW = Date.UTC(2024, 5, 12, 10, 30, 0, 123);
export const PATH = '/data/carers-allowance/transaction-count';
export const NAME = 'carers_allowance_transaction_count';
export const HEADERS = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };

interface Settings extends Partial<DataSetSettings> {
  readonly store?: Store;
  readonly logger?: FastifyBaseLogger;
}

export interface MemoryWriteApi {
  readonly app: FastifyInstance;
  readonly store: Store;
  /** POSTs JSON text or bytes. */
  post(body: string | Buffer, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  stored(): Promise<readonly StoredRecord[]>;
}

export interface Reply {
  readonly status: number;
  readonly body: {
    readonly status?: string;
    readonly message?: string;
    readonly messages?: readonly string[];
  };
}

/** A write API with one data set, in memory; it ends with the test. */
export function memoryWriteApi({
  store = openSqliteStore(':memory:'),
  logger,
  ...settings
}: Settings = {}): MemoryWriteApi {
  const dataSet = { ...CARERS_ALLOWANCE, ...settings };
  const app = createWriteApi({
    dataSets: [dataSet],
    store,
    now: () => NOW,
    ...(logger === undefined ? {} : { logger }),
  });
  onTestFinished(async () => {
    await app.close();
    await store.close();
  });
  return {
    app,
    store,
    post: async (body, headers = {}) => {
      const reply = await app.inject({
        method: 'POST',
        url: PATH,
        headers: { ...HEADERS, ...headers },
        payload: body,
      });
      return { status: reply.statusCode, body: reply.json() };
    },
    stored: () => recordsOf(store, dataSet.name),
  };
}

export const CARERS_ALLOWANCE: DataSetSettings = {
  data_group: 'carers-allowance',
  data_type: 'transaction-count',
  name: NAME,
  token_sha256: hash('sha256', TOKEN),
  auto_ids: [],
  max_age_expected: null,
};

export async function recordsOf(store: Store, dataSet: string): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const record of store.records(dataSet)) records.push(record);
  return records;
}
