import { beforeEach, describe, expect, test } from 'vitest';
import type { Job } from '../../src/config/config.ts';
import type { Target } from '../../src/model/target.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { type ReceivedRequest, startFaultyServer } from '../support/faulty-server.ts';

/** Which version of a record stands in the data set, when some are dead letters and newer ones arrive. */

interface Event {
  readonly _id: string;
  readonly eid: number;
  readonly val: number;
}

const place = collectingEach('better-sqlite3', startFaultyServer, [
  'CREATE TABLE events (seq integer, eid integer, val integer, note text, at date)',
]);
/** What the write API holds, by `_id`. */
let stored: Map<string, Event>;

beforeEach(() => {
  stored = new Map();
  refuse();
});

/** From here on batches with one of these values in them are refused. */
function refuse(...values: readonly number[]): void {
  place.api.otherwise(({ method, text }: ReceivedRequest) => {
    if (method === 'PUT') stored.clear();
    const records: Event[] = JSON.parse(text);
    const bad = records.find(({ val }) => values.includes(val));
    if (bad !== undefined) return { status: 400, body: { status: 'error', messages: [`${bad.val} is bad`] } };
    for (const record of records) stored.set(record._id, { ...record });
    return { status: 200, body: { status: 'ok' } };
  });
}

const row = (seq: number, eid: number, val: number, note = "'n'") =>
  place.database.execute(`INSERT INTO events VALUES (${seq}, ${eid}, ${val}, ${note}, '2014-06-09')`);
const values = () => Object.fromEntries([...stored.values()].map(({ eid, val }) => [eid, val]));
const letters = () => place.collecting.state.deadLetters({ job: 'applications' });
const reasons = async () => (await letters()).map(({ reason }) => reason);

const NOW = '2014-06-10T05:30:00Z';

const cursorJob = (over: Record<string, unknown> = {}) =>
  jobOf({
    cursor: { columns: ['seq', 'eid'], start: [0, 0], max_rows: 2 },
    query: 'SELECT at, seq, eid, val, note FROM events WHERE (seq, eid) > (:seq, :eid) ORDER BY seq, eid',
    record: { timestamp: 'at', id: ['eid'], fields: { eid: 'eid', val: 'val', note: 'note' } },
    ...over,
  });

const windowJob = (over: Record<string, unknown> = {}) =>
  jobOf({
    query: 'SELECT at, eid, val, note FROM events WHERE at >= :from_date AND at < :to_date ORDER BY seq',
    record: { timestamp: 'at', id: ['eid'], fields: { eid: 'eid', val: 'val', note: 'note' } },
    ...over,
  });

/** The data set, with something that happens after the first batch has arrived. */
function targetThen(job: Job, action: () => Promise<unknown>): Target {
  const target = place.collecting.targetOf(job);
  let isFirst = true;
  return {
    address: target.address,
    empty: (signal) => target.empty(signal),
    remove: (id, signal) => target.remove(id, signal),
    async post(batch, signal) {
      const answer = await target.post(batch, signal);
      if (isFirst) await action();
      isFirst = false;
      return answer;
    },
  };
}

const replay = (job: Job) => place.collecting.replay(job, NOW);

describe('a newer version that is delivered within the run', () => {
  test('takes the dead letter of a refused record with it', async () => {
    for (const [seq, val] of [
      [1, 10],
      [2, 20],
      [3, 30],
    ] as const)
      await row(seq, seq, val);
    refuse(10);
    const job = cursorJob();
    const target = targetThen(job, () =>
      place.database.execute('UPDATE events SET seq = 9, val = 99 WHERE eid = 1'),
    );
    const result = await place.collecting.run(job, NOW, { target });
    expect(result).toMatchObject({ outcome: 'succeeded', rows: 4, records: 3, deadLetters: 0 });
    expect(await letters()).toEqual([]);
    refuse();
    await replay(job);
    expect(values()).toEqual({ 1: 99, 2: 20, 3: 30 });
  });

  test('takes the dead letter of a row with it that was no record', async () => {
    await row(1, 1, 10, 'char(0)');
    for (const seq of [2, 3]) await row(seq, seq, seq * 10);
    const job = cursorJob();
    const target = targetThen(job, () =>
      place.database.execute("UPDATE events SET seq = 9, val = 99, note = 'better' WHERE eid = 1"),
    );
    const result = await place.collecting.run(job, NOW, { target });
    expect(result).toMatchObject({ outcome: 'succeeded', records: 3, deadLetters: 0 });
    expect(await letters()).toEqual([]);
    expect(values()).toEqual({ 1: 99, 2: 20, 3: 30 });
  });

  test('takes the dead letter of a row with it that had no _timestamp, which the id is not made of', async () => {
    for (const seq of [1, 2, 3]) await row(seq, seq, seq * 10);
    await place.database.execute('UPDATE events SET at = NULL WHERE eid = 1');
    const job = cursorJob();
    const target = targetThen(job, () =>
      place.database.execute("UPDATE events SET seq = 9, val = 99, at = '2014-06-09' WHERE eid = 1"),
    );
    const result = await place.collecting.run(job, NOW, { target });
    expect(result).toMatchObject({ outcome: 'succeeded', records: 3, deadLetters: 0 });
    expect(await letters()).toEqual([]);
    expect(values()).toEqual({ 1: 99, 2: 20, 3: 30 });
  });

  test('leaves the dead letter of a version that was read after it', async () => {
    for (const seq of [1, 2, 3]) await row(seq, seq, seq * 10);
    refuse(99);
    const job = cursorJob();
    const target = targetThen(job, () =>
      place.database.execute('UPDATE events SET seq = 9, val = 99 WHERE eid = 1'),
    );
    expect(await place.collecting.run(job, NOW, { target })).toMatchObject({
      outcome: 'partial',
      deadLetters: 1,
    });
    expect(await reasons()).toEqual(['the write API answered 400: 99 is bad']);
    refuse();
    await replay(job);
    expect(values()).toEqual({ 1: 99, 2: 20, 3: 30 });
  });
});

test('a newer version that arrives before the run fails takes the older dead letter with it', async () => {
  await row(1, 1, 10);
  for (const seq of [2, 3, 4]) await row(seq, seq, seq * 10);
  refuse(10);
  await place.collecting.run(windowJob(), NOW);
  expect(await letters()).toHaveLength(1);
  await place.database.execute('UPDATE events SET val = 99 WHERE eid = 1');
  refuse(30);
  const limits = { max_batch_records: 1, max_batch_bytes: 1_048_576, requests_in_flight: 1 };
  place.api.script(
    ({ text }: ReceivedRequest) => {
      for (const record of JSON.parse(text)) stored.set(record._id, record);
      return { status: 200, body: { status: 'ok' } };
    },
    { status: 401 },
  );
  expect(await place.collecting.run(windowJob(), NOW, { limits })).toMatchObject({
    outcome: 'failed',
    records: 1,
  });
  expect(await letters()).toEqual([]);
  expect(values()).toMatchObject({ 1: 99 });
});

const bySeq = (over: Record<string, unknown> = {}) =>
  cursorJob({
    cursor: { columns: ['seq'], start: [0] },
    query: 'SELECT at, seq, eid, val, note FROM events WHERE seq > :seq ORDER BY seq',
    ...over,
  });

test('a row that gets an id by a changed mapping has its dead letter removed when that id is delivered', async () => {
  await place.database.execute(
    "INSERT INTO events VALUES (1, null, 10, 'a', '2014-06-09'), (2, 2, 20, 'b', '2014-06-09')",
  );
  await place.collecting.run(bySeq(), NOW);
  expect((await letters()).map(({ key }) => key.slice(0, 4))).toEqual(['row:']);
  const byNote = bySeq({
    record: { timestamp: 'at', id: ['note'], fields: { val: 'val', note: 'note' } },
  });
  await place.collecting.state.setProgress('applications', undefined);
  await place.database.execute('UPDATE events SET eid = 1, val = 99 WHERE seq = 1');
  expect((await place.collecting.run(byNote, NOW)).outcome).toBe('succeeded');
  expect(await letters()).toEqual([]);
  await replay(byNote);
  expect([...stored.values()].filter(({ val }) => val === 10)).toEqual([]);
});

test('a letter stays unsent while nobody knows whether a newer version of it has arrived', async () => {
  for (const seq of [1, 2]) await row(seq, seq, seq * 10);
  refuse(10);
  await place.collecting.run(windowJob(), NOW);
  await place.database.execute('UPDATE events SET val = 99 WHERE eid = 1');
  refuse();
  const target = targetThen(windowJob(), () => Promise.reject(new Error('killed before it was told')));
  expect(await place.collecting.run(windowJob(), NOW, { target })).toMatchObject({ outcome: 'failed' });
  expect(values()).toEqual({ 1: 99, 2: 20 });
  const { kept, result } = await replay(windowJob());
  expect(result).toMatchObject({ outcome: 'partial', requests: 0 });
  expect(kept.map(({ reason }) => reason)).toEqual([
    'run 2 sent a newer version of it, and nobody knows whether that arrived',
  ]);
  expect(kept.map(({ remedy }) => remedy)).toEqual([
    'Collect its time again: pp-db-collector run applications, with --from and --to if it is long past; that removes this dead letter.',
  ]);
  expect(await reasons()).toEqual(['the write API answered 400: 10 is bad']);
  expect(await place.collecting.run(windowJob(), NOW)).toMatchObject({ outcome: 'succeeded' });
  expect(await letters()).toEqual([]);
  expect(values()).toEqual({ 1: 99, 2: 20 });
});

describe('of a snapshot job', () => {
  const gauges = (over: Record<string, unknown> = {}) =>
    jobOf({
      snapshot: { period: 'hour' },
      query: 'SELECT eid, val, note FROM events ORDER BY eid',
      record: { id: ['eid'], fields: { eid: 'eid', val: 'val', note: 'note' } },
      ...over,
    });
  const down = { status: 401, body: { status: 'error', messages: ['no'] } };
  const at = (time: string) => `2014-06-10T${time}:00Z`;

  test('an older version that waits is not sent any more once a newer one is stored', async () => {
    for (const eid of [1, 2]) await row(eid, eid, eid * 10);
    place.api.otherwise(down);
    await place.collecting.run(gauges(), at('05:30'));
    await place.database.execute('UPDATE events SET val = 99 WHERE eid = 1');
    await place.database.execute('DELETE FROM events WHERE eid = 2');
    refuse(10);
    const before = place.api.requests.length;
    expect(await place.collecting.run(gauges(), at('06:30'))).toMatchObject({
      outcome: 'succeeded',
      records: 2,
    });
    const sent = place.api.requests
      .slice(before)
      .map(({ text }) => JSON.parse(text).map(({ val }: Event) => val));
    expect(sent).toEqual([[20], [99]]);
    expect(values()).toEqual({ 1: 99, 2: 20 });
    expect(await letters()).toEqual([]);
  });

  test('a dead letter is removed by the newer version of the next snapshot, and not by an older one', async () => {
    for (const eid of [1, 2]) await row(eid, eid, eid * 10);
    place.api.otherwise(down);
    await place.collecting.run(gauges(), at('05:30'));
    await place.database.execute('UPDATE events SET note = char(0), val = 50 WHERE eid = 1');
    refuse();
    await place.collecting.run(gauges(), at('06:30'));
    expect(values()).toEqual({ 1: 10, 2: 20 });
    expect((await letters()).map(({ content }) => content)).toEqual([
      expect.objectContaining({ row: [1, 50, '\0'] }),
    ]);
    await place.database.execute("UPDATE events SET note = 'n', val = 99 WHERE eid = 1");
    await place.collecting.run(gauges(), at('07:30'));
    expect(values()).toEqual({ 1: 99, 2: 20 });
    expect(await letters()).toEqual([]);
  });

  test('records of different periods wait beside each other', async () => {
    await row(1, 1, 10);
    place.api.otherwise(down);
    const hourly = gauges({ record: { id: ['_timestamp', 'eid'], fields: { eid: 'eid', val: 'val' } } });
    await place.collecting.run(hourly, at('05:10'));
    await place.database.execute('UPDATE events SET val = 11');
    await place.collecting.run(hourly, at('05:50'));
    await place.database.execute('UPDATE events SET val = 12');
    await place.collecting.run(hourly, at('06:10'));
    expect((await place.collecting.state.pendingOf('applications')).map(({ records }) => records)).toEqual([
      1, 1,
    ]);
    refuse();
    await place.collecting.run(hourly, at('06:20'), { onlyPending: true });
    expect([...stored.values()].map(({ val }) => val)).toEqual([11, 12]);
  });

  const replacing = () =>
    gauges({
      data_set: { data_group: 'test', data_type: 'applications', token: 'the-token', replace: true },
      snapshot: { period: 'hour' },
    });

  test('a letter of which a newer version waits is not sent, and says which command sends that', async () => {
    await row(1, 1, 10);
    await row(2, 2, 20);
    refuse(10);
    await place.collecting.run(gauges(), at('05:30'));
    await place.database.execute('UPDATE events SET val = 99 WHERE eid = 1');
    place.api.otherwise(down);
    await place.collecting.run(gauges(), at('06:30'));
    refuse();
    expect((await replay(gauges())).kept.map(({ remedy }) => remedy)).toEqual([
      'Run the job: pp-db-collector run applications; when the newer version arrives, this dead letter is removed.',
    ]);
    await place.collecting.run(gauges(), at('06:40'), { onlyPending: true });
    expect(await letters()).toEqual([]);
    expect(values()).toEqual({ 1: 99, 2: 20 });
  });

  test('that replaces, a replay does not bring a removed record back', async () => {
    for (const eid of [1, 2]) await row(eid, eid, eid * 10);
    refuse(10);
    expect(await place.collecting.run(replacing(), at('05:30'))).toMatchObject({ outcome: 'partial' });
    await place.database.execute('DELETE FROM events WHERE eid = 1');
    refuse();
    expect(await place.collecting.run(replacing(), at('06:30'))).toMatchObject({ outcome: 'succeeded' });
    expect(await letters()).toEqual([]);
    await replay(replacing());
    expect(values()).toEqual({ 2: 20 });
  });

  test('that replaces, nothing is replayed into a data set that is going to be emptied', async () => {
    for (const eid of [1, 2]) await row(eid, eid, eid * 10);
    await place.database.execute('UPDATE events SET note = char(0) WHERE eid = 1');
    place.api.otherwise(down);
    await place.collecting.run(replacing(), at('05:30'));
    expect(await letters()).toHaveLength(1);
    const healing = jobOf({
      data_set: { data_group: 'test', data_type: 'applications', token: 'the-token', replace: true },
      snapshot: { period: 'hour' },
      query: 'SELECT eid, val, note FROM events ORDER BY eid',
      record: { id: ['eid'], fields: { eid: 'eid', val: 'val' } },
    });
    refuse();
    await expect(replay(healing)).rejects.toMatchObject({
      side: 'config',
      message: 'a snapshot waits to replace the whole data set, and would remove what is sent now',
    });
    await place.collecting.run(healing, at('05:40'), { onlyPending: true });
    await replay(healing);
    expect(values()).toEqual({ 1: 10, 2: 20 });
  });
});
