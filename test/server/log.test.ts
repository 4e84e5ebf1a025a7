import { pino } from 'pino';
import { expect, test } from 'vitest';
import { HEADERS, memoryWriteApi, NAME, PATH, TOKEN } from './memory-write-api.ts';

test('every write leaves a line with data set, count and span; ids and tokens are in none', async () => {
  const lines: string[] = [];
  const { app, post } = memoryWriteApi({ logger: pino({}, { write: (line: string) => lines.push(line) }) });
  await post(
    '[{"_id":"secret-id","_timestamp":"2024-03-06"},{"_id":"secret-id-2","_timestamp":"2024-03-05"}]',
  );
  await post('[{"_id":"secret-id","_timestamp":"nope","bad-key":1}]');
  await post('[]', { authorization: 'Bearer secret-other' });
  await app.inject({ method: 'DELETE', url: `${PATH}/secret-id`, headers: HEADERS });
  await app.inject({ method: 'DELETE', url: `${PATH}/secret-%FF`, headers: HEADERS });
  await app.inject({ method: 'PUT', url: PATH, headers: HEADERS, payload: '[]' });
  expect(lines.join('')).not.toMatch(new RegExp(`secret|${TOKEN}`));
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      data_set: NAME,
      records: 2,
      from: '2024-03-05T00:00:00+00:00',
      to: '2024-03-06T00:00:00+00:00',
      msg: 'records stored',
    },
    { data_set: NAME, msg: 'record removed' },
    { data_set: NAME, msg: 'data set emptied' },
  ]);
});
