import type { AddressInfo } from 'node:net';
import { writeApiSchema } from '../../src/config/schema/write-api-schema.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/store.ts';
import { createWriteApi } from '../../src/server/write-api.ts';

/** The write API with the one data set `test/applications`, in this process. */
export interface RunningWriteApi {
  readonly url: string;
  /** Its records, parsed. */
  stored(): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** @param settings of the data set, beside its address and its token */
export async function startWriteApi(settings: Record<string, unknown> = {}): Promise<RunningWriteApi> {
  const store = openSqliteStore(':memory:');
  const { data_sets } = writeApiSchema.parse({
    data_sets: [{ data_group: 'test', data_type: 'applications', token: 'the-token', ...settings }],
  });
  const api = createWriteApi({ dataSets: data_sets, store });
  await api.listen({ port: 0, host: '127.0.0.1' });
  const { port } = api.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stored() {
      const records: Record<string, unknown>[] = [];
      for await (const { json } of store.records('test_applications')) records.push(JSON.parse(json));
      return records;
    },
    async close() {
      await api.close();
      await store.close();
    },
  };
}
