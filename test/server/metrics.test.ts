import { describe, expect, test } from 'vitest';
import { HEADERS, memoryWriteApi, NAME, NOW, PATH } from './memory-write-api.ts';

const RECORD = '{"_id":"a","_timestamp":"2024-03-05"}';
const DATA_SET = `data_set="${NAME}"`;

async function metricsOf({ app }: Pick<ReturnType<typeof memoryWriteApi>, 'app'>): Promise<string> {
  const reply = await app.inject('/metrics');
  expect([reply.statusCode, reply.headers['content-type']]).toEqual([
    200,
    expect.stringMatching(/^text\/plain; version=0\.0\.4/),
  ]);
  return reply.body;
}

describe('/metrics', () => {
  test('counts requests by data set, method and status, and the records stored', async () => {
    const api = memoryWriteApi();
    await api.post(`[${RECORD},${RECORD.replace('"a"', '"b"')}]`);
    await api.post('{broken');
    await api.post('[]', { authorization: 'Bearer wrong' });
    await api.app.inject({ method: 'PUT', url: PATH, headers: HEADERS, payload: '[]' });
    await api.app.inject('/nothing');
    const text = await metricsOf(api);
    for (const line of [
      `pp_write_api_requests_total{${DATA_SET},method="POST",status="200"} 1`,
      `pp_write_api_requests_total{${DATA_SET},method="POST",status="400"} 1`,
      'pp_write_api_requests_total{data_set="",method="POST",status="401"} 1',
      `pp_write_api_requests_total{${DATA_SET},method="PUT",status="200"} 1`,
      'pp_write_api_requests_total{data_set="",method="GET",status="404"} 1',
      `pp_write_api_records_stored_total{${DATA_SET}} 2`,
      'pp_write_api_request_duration_seconds_count{method="POST"} 3',
    ])
      expect(text).toContain(`${line}\n`);
    expect(text).toContain('process_resident_memory_bytes');
  });

  test('tells when a data set was last written to, also before the server was started', async () => {
    const first = memoryWriteApi();
    expect(await metricsOf(first)).not.toContain(`pp_write_api_last_update_timestamp_seconds{${DATA_SET}}`);
    await first.post(RECORD);
    const line = `pp_write_api_last_update_timestamp_seconds{${DATA_SET}} ${NOW / 1_000}\n`;
    expect(await metricsOf(first)).toContain(line);
    expect(await metricsOf(memoryWriteApi({ store: first.store }))).toContain(line);
    await first.app.inject({ method: 'PUT', url: PATH, headers: HEADERS, payload: '[]' });
    expect(await metricsOf(first)).not.toContain(`pp_write_api_last_update_timestamp_seconds{${DATA_SET}}`);
  });

  test.each([
    ['is stale when nothing was ever stored', undefined, 60, 1],
    ['is stale after max_age_expected', NOW - 61_000, 60, 1],
    ['is not stale before', NOW - 59_000, 60, 0],
    ['is never stale without max_age_expected', undefined, null, 0],
  ])('a data set %s', async (_what, updatedAt, max_age_expected, stale) => {
    const api = memoryWriteApi({ max_age_expected });
    if (updatedAt !== undefined) {
      const record = { id: 'a', timestamp: '2024-03-05T00:00:00+00:00', json: '{}' };
      await api.store.replace(NAME, [record], new Date(updatedAt).toISOString().replace('Z', '+00:00'));
    }
    expect(await metricsOf(api)).toContain(`pp_write_api_data_set_stale{${DATA_SET}} ${stale}\n`);
  });
});
