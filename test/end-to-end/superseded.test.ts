import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type FaultyServer,
  type ReceivedRequest,
  STORED,
  startFaultyServer,
} from '../support/faulty-server.ts';
import { ServiceOfVisits } from '../support/service-of-visits.ts';

let api: FaultyServer;
let service: ServiceOfVisits;
/** Notes in the data set, by the number of the visit. */
let stored: Map<number, string>;

beforeEach(async () => {
  api = await startFaultyServer();
  service = await ServiceOfVisits.open(api.url);
  stored = new Map();
});

afterEach(async () => {
  await service.close();
  await api.close();
});

interface Visit {
  readonly id: number;
  readonly note: string;
}

function store({ text }: ReceivedRequest) {
  const visits: Visit[] = JSON.parse(text);
  if (visits.some(({ note }) => note === 'bad')) return { status: 400, body: { message: 'no bad notes' } };
  for (const { id, note } of visits) stored.set(id, note);
  return STORED;
}

const SPAN = ['run', 'visits', '--from', '2014-06-01', '--to', '2014-06-04'];

test('killed between sending a newer version and hearing of it, an older dead letter is not sent over it', async () => {
  api.otherwise(store);
  await service.visit(3, "CASE id WHEN 2 THEN 'bad' ELSE 'fine' END");
  expect((await service.run(...SPAN)).code).toBe(7);
  await service.database.execute("UPDATE visits SET note = 'better' WHERE id = 2");
  const { child, ended } = service.workplace.start(SPAN);
  api.otherwise((request) => {
    const answer = store(request);
    if (!request.text.includes('better')) return answer;
    child.kill('SIGKILL');
    return { fault: 'hang' };
  });
  await ended;
  expect(stored.get(2)).toBe('better');

  api.otherwise((request) => {
    for (const { id, note } of JSON.parse(request.text) as Visit[]) stored.set(id, note);
    return STORED;
  });
  const replay = await service.run('dead-letters', 'replay');
  expect(replay.code, replay.stderr).toBe(7);
  expect(replay.stderr).toContain('run 2 sent a newer version of it, and nobody knows whether that arrived');
  expect(stored.get(2)).toBe('better');
  expect((await service.run(...SPAN)).code).toBe(0);
  expect(await service.json('dead-letters', 'list')).toEqual([]);
  expect([...stored]).toEqual([
    [1, 'fine'],
    [3, 'fine'],
    [2, 'better'],
  ]);
}, 120_000);
