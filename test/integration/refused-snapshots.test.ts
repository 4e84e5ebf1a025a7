import { beforeEach, expect, test } from 'vitest';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { type ReceivedRequest, startFaultyServer } from '../support/faulty-server.ts';

const place = collectingEach('better-sqlite3', startFaultyServer, [
  'CREATE TABLE waiting (gauge integer, number integer)',
]);
/** What the write API holds: `05:00 3` is the number of 5 o'clock's gauge 3. */
let stored: Set<string>;

beforeEach(() => {
  stored = new Set();
});

interface Gauge {
  readonly _timestamp: string;
  readonly gauge: number;
  readonly number: number;
}

/** From here on batches are refused in which there is a number from one to another. */
function refuse(from: number, to: number): void {
  place.api.otherwise(({ text }: ReceivedRequest) => {
    const records: Gauge[] = JSON.parse(text);
    const bad = records.find(({ number }) => number >= from && number <= to);
    if (bad !== undefined)
      return { status: 400, body: { status: 'error', messages: [`${bad.number} is bad`] } };
    for (const { _timestamp, gauge } of records) stored.add(`${_timestamp.slice(11, 16)} ${gauge}`);
    return { status: 200, body: { status: 'ok' } };
  });
}

const job = (over: Record<string, unknown> = {}) =>
  jobOf({
    snapshot: { period: 'hour' },
    query: 'SELECT gauge, number FROM waiting ORDER BY gauge',
    record: { id: ['_timestamp', 'gauge'] },
    ...over,
  });
const gauges = (count: number, number: string) =>
  place.database.execute(`INSERT INTO waiting WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < ${count})
    SELECT v, ${number} FROM n`);
const letters = async () => (await place.collecting.state.deadLetters({})).map(({ reason }) => reason);
const waiting = async () =>
  (await place.collecting.state.pendingOf('applications')).map(({ records, failure }) => [records, failure]);
const inHour = (hour: string) => [...stored].filter((each) => each.startsWith(hour));

test('a snapshot that is refused as a whole keeps no later one from being delivered', async () => {
  await gauges(10, '-v');
  refuse(-10, -1);
  const first = await place.collecting.run(job(), '2014-06-10T05:30:00Z');
  expect(first).toMatchObject({ outcome: 'failed', records: 0, failure: { side: 'refused' } });
  expect(first.failure?.message).toMatch(
    /^the snapshot of 2014-06-10T05:30:00Z waits, because the write API refused more than 5 records of one batch/,
  );
  expect(first.failure?.remedy).toContain('pp-db-collector state discard applications 1.');
  expect(await letters()).toHaveLength(5);
  expect(await waiting()).toEqual([[5, expect.stringContaining('refused more than 5 records')]]);
  await place.database.execute('UPDATE waiting SET number = -number');
  expect(await place.collecting.run(job(), '2014-06-10T06:30:00Z')).toMatchObject({
    records: 10,
    outcome: 'partial',
  });
  expect(inHour('06:00')).toHaveLength(10);
  expect(await waiting()).toEqual([]);
  expect(await letters()).toHaveLength(10);
});

test('what can never become a dead letter for its number waits, run after run, and the others arrive', async () => {
  await gauges(120, '-v');
  refuse(-120, -1);
  const limits = { max_batch_records: 40, max_batch_bytes: 1_048_576, requests_in_flight: 2 };
  await place.collecting.run(job({ max_dead_letters: 7 }), '2014-06-10T05:30:00Z', { limits });
  expect(await letters()).toHaveLength(7);
  await place.database.execute('UPDATE waiting SET number = -number');
  for (const hour of ['06', '07', '08']) {
    const time = `2014-06-10T${hour}:30:00Z`;
    const result = await place.collecting.run(job({ max_dead_letters: 7 }), time, { limits });
    expect(result).toMatchObject({ outcome: 'failed', records: 120 });
    expect(inHour(`${hour}:00`)).toHaveLength(120);
  }
  expect((await waiting()).map(([records]) => records)).toEqual([120 - 4 * 7]);
});

test('of a snapshot of many batches those that are taken arrive', async () => {
  await gauges(30, 'CASE WHEN v BETWEEN 11 AND 20 THEN -v ELSE v END');
  refuse(-20, -11);
  const limits = { max_batch_records: 10, max_batch_bytes: 1_048_576, requests_in_flight: 1 };
  const result = await place.collecting.run(job(), '2014-06-10T05:30:00Z', { limits });
  expect(result).toMatchObject({ outcome: 'failed', records: 20, deadLetters: 5 });
  expect(stored.size).toBe(20);
  expect((await waiting()).map(([records]) => records)).toEqual([5]);
  refuse(0, -1);
  expect(await place.collecting.run(job(), '2014-06-10T05:40:00Z', { onlyPending: true })).toMatchObject({
    outcome: 'succeeded',
    records: 5,
  });
  expect(await waiting()).toEqual([]);
});

test('a data set that nobody may write to stops the run at once: that is no matter of records', async () => {
  await gauges(2, 'v');
  place.api.otherwise({ status: 401, body: { status: 'error', messages: ['no'] } });
  await place.collecting.run(job(), '2014-06-10T05:30:00Z');
  const before = place.api.requests.length;
  const result = await place.collecting.run(job(), '2014-06-10T06:30:00Z');
  expect(result).toMatchObject({ outcome: 'failed', failure: { side: 'refused' } });
  expect(place.api.requests.length).toBe(before + 1);
  expect(await waiting()).toEqual([
    [2, undefined],
    [2, undefined],
  ]);
});
