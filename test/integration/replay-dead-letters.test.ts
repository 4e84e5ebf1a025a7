import { beforeEach, expect, test } from 'vitest';
import type { Job } from '../../src/config/config.ts';
import { type Collecting, jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { type ReceivedRequest, startFaultyServer } from '../support/faulty-server.ts';

const NOW = '2014-06-10T05:30:00Z';

const place = collectingEach('better-sqlite3', startFaultyServer, [
  'CREATE TABLE visits (day date, id integer, note text)',
]);
/** What the write API holds, by `_id`. */
let stored: Map<string, Record<string, unknown>>;

beforeEach(() => {
  stored = new Map();
  refuse(() => false);
});

interface Visit {
  readonly _id: string;
  readonly id: number;
  readonly note: string;
}

/** From here on batches with such a record in them are refused. */
function refuse(isBad: (visit: Visit) => boolean): void {
  place.api.otherwise(({ text }: ReceivedRequest) => {
    const records: Visit[] = JSON.parse(text);
    const bad = records.find(isBad);
    if (bad !== undefined)
      return { status: 400, body: { status: 'error', messages: [`${bad.id} is bad luck`] } };
    for (const record of records) stored.set(record._id, { ...record });
    return { status: 200, body: { status: 'ok' } };
  });
}

const job = (over: Record<string, unknown> = {}) =>
  jobOf({
    query: 'SELECT day, id, note FROM visits WHERE day >= :from_date AND day < :to_date ORDER BY id',
    record: { timestamp: 'day', id: ['_timestamp', 'id'], fields: { id: 'id', note: 'note' } },
    ...over,
  });

const visit = (id: number, note: string, day = '2014-06-09') =>
  place.database.execute(`INSERT INTO visits VALUES ('${day}', ${id}, ${note})`);

const letters = () => place.collecting.state.deadLetters({ job: 'applications' });
const notes = () => [...stored.values()].map(({ id, note }) => `${id} ${note}`).sort();

const replay = (of: Job, over: Parameters<Collecting['replay']>[2] = {}) =>
  place.collecting.replay(of, NOW, over);

test('records that the write API takes at last are removed; those that it refuses again stay, with the new reason', async () => {
  for (let id = 1; id <= 20; id += 1) await visit(id, "'n'");
  refuse(({ id }) => id <= 3);
  expect(await place.collecting.run(job(), NOW)).toMatchObject({ outcome: 'partial', deadLetters: 3 });
  refuse(({ id }) => id === 2);
  const { result, kept } = await replay(job());
  expect(result).toMatchObject({ outcome: 'partial', records: 2, deadLetters: 1, failure: undefined });
  expect(result.requests).toBeGreaterThan(1);
  expect(kept).toEqual([expect.objectContaining({ reason: 'the write API answered 400: 2 is bad luck' })]);
  expect((await letters()).map(({ reason, content }) => [reason, content.kind])).toEqual([
    ['the write API answered 400: 2 is bad luck', 'record'],
  ]);
  expect(stored.size).toBe(19);
  const [run] = await place.collecting.state.runs({ job: 'applications', limit: 1 });
  expect(run).toEqual(result);
});

test('however many are refused again, all others arrive', async () => {
  const notARecord = 'char(0)';
  for (let id = 1; id <= 30; id += 1) await visit(id, notARecord);
  await visit(31, "'n'");
  await place.collecting.run(job(), NOW);
  const healing = { record: { timestamp: 'day', id: ['_timestamp', 'id'], fields: { id: 'id' } } };
  refuse(({ id }) => id % 5 > 0);
  const { result } = await replay(job(healing));
  expect(result).toMatchObject({ outcome: 'partial', rows: 30, records: 6, deadLetters: 24 });
  expect(await letters()).toHaveLength(24);
});

test('a row that was no record arrives when the mapping is corrected, with the database gone', async () => {
  await visit(1, "'fine'");
  await visit(2, 'char(0)');
  await place.collecting.run(job(), NOW);
  await place.database.execute('DROP TABLE visits');
  expect((await replay(job())).kept).toHaveLength(1);
  const corrected = job({
    record: {
      timestamp: 'day',
      id: ['_timestamp', 'id'],
      fields: { id: 'id', note: { value: 'unreadable' } },
    },
  });
  expect((await replay(corrected)).result).toMatchObject({ outcome: 'succeeded', rows: 1, records: 1 });
  expect(notes()).toEqual(['1 fine', '2 unreadable']);
  expect(await letters()).toEqual([]);
});

test('a row whose columns the mapping does not find stays, and says so', async () => {
  await visit(1, "'fine'");
  await visit(2, 'char(0)');
  await place.collecting.run(job(), NOW);
  const other = job({
    record: { timestamp: 'day', id: ['_timestamp', 'id'], fields: { id: 'id', channel: 'channel' } },
  });
  const { kept } = await replay(other);
  expect(kept[0]?.reason).toContain('channel');
  expect(place.api.requests).toHaveLength(1);
});

test('a row outside its window stays, and arrives when that is allowed', async () => {
  await visit(1, "'fine'");
  await visit(2, "'late'", '2014-05-01');
  const loose = { query: 'SELECT day, id, note FROM visits WHERE :from < :to ORDER BY id' };
  await place.collecting.run(job(loose), NOW);
  expect(await letters()).toEqual([expect.objectContaining({ cause: 'outside-window' })]);
  expect((await replay(job(loose))).kept).toHaveLength(1);
  await replay(job({ ...loose, window: { period: 'day', allow_outside: true } }));
  expect(notes()).toEqual(['1 fine', '2 late']);
});

test('only the letter that is named is sent', async () => {
  for (const id of [1, 2, 3]) await visit(id, "'n'");
  refuse(({ id }) => id < 3);
  await place.collecting.run(job(), NOW);
  refuse(() => false);
  const [first, second] = await letters();
  await replay(job(), { id: second?.id });
  expect(await letters()).toEqual([first]);
  expect(notes()).toEqual(['2 n', '3 n']);
});

test('the row of a snapshot keeps the period in which it was taken', async () => {
  const snapshot = job({
    snapshot: { period: 'hour' },
    query: 'SELECT id, note FROM visits ORDER BY id',
    record: { id: ['_timestamp', 'id'] },
  });
  await visit(1, "'fine'");
  await visit(2, 'char(0)');
  await place.collecting.run(snapshot, '2014-06-10T05:59:59Z');
  const corrected = jobOf({
    snapshot: { period: 'hour' },
    query: 'SELECT id, note FROM visits ORDER BY id',
    record: { id: ['_timestamp', 'id'], omit: ['note'] },
  });
  await replay(corrected);
  expect([...stored.values()].map(({ _timestamp }) => _timestamp)).toEqual([
    '2014-06-10T05:00:00Z',
    '2014-06-10T05:00:00Z',
  ]);
});

test('of two rows that would have one _id the one met last is sent, and the other one is told', async () => {
  const events = (record: object) =>
    jobOf({
      cursor: { columns: ['day'], start: ['2000-01-01'] },
      query: 'SELECT day, id, note FROM visits WHERE day > :day ORDER BY day',
      record: { timestamp: 'day', ...record },
    });
  const startAnew = () => place.collecting.state.setProgress('applications', undefined);
  await visit(1, "'fine'");
  await place.database.execute("INSERT INTO visits VALUES ('2014-06-09', null, 'old')");
  await place.collecting.run(events({ id: ['_timestamp', 'id'] }), NOW);
  await place.database.execute("UPDATE visits SET note = 'new' WHERE id IS NULL");
  await startAnew();
  await place.collecting.run(events({ id: ['_timestamp', 'id'] }), NOW);
  expect(await letters()).toHaveLength(2);
  const fields = { id: 'id', key: { value: 'k' }, note: 'note' };
  const merged = events({ id: ['_timestamp', 'key'], fields });
  await startAnew();
  const { kept, result } = await replay(merged);
  expect(result.records).toBe(1);
  expect(notes()).toEqual(['1 fine', 'null new']);
  const { reason, remedy } = kept[0] ?? {};
  expect(reason).toMatch(/^dead letter \d+, which was met later, has the same _id$/);
  expect(remedy).toContain('Discard this one if both are the same row');
});

test('a row of a count that had no id is not sent by itself: it could replace a count of more rows', async () => {
  await visit(1, "'fine'");
  await place.database.execute("INSERT INTO visits VALUES ('2014-06-09', null, 'no id')");
  await place.collecting.run(job(), NOW);
  const healing = job({
    record: { timestamp: 'day', id: ['_timestamp', 'key'], fields: { key: { value: 'k' }, id: 'id' } },
  });
  await place.collecting.state.setProgress('applications', undefined);
  const { kept, result } = await replay(healing);
  expect(result.requests).toBe(0);
  expect(kept[0]).toMatchObject({
    reason: 'by itself the row could replace a record that counts more than this row',
    remedy: expect.stringContaining('run applications --from'),
  });
});

test('a job whose ids have changed must not replay', async () => {
  await visit(1, "'n'");
  await visit(2, 'char(0)');
  await place.collecting.run(job(), NOW);
  const before = place.api.requests.length;
  const changed = job({ record: { timestamp: 'day', id: ['id'], omit: ['note'] } });
  await expect(replay(changed)).rejects.toMatchObject({ name: 'FingerprintError', side: 'config' });
  expect(place.api.requests).toHaveLength(before);
  expect(await letters()).toHaveLength(1);
});

test('a job that is running must not replay', async () => {
  const lease = await place.collecting.state.takeLease('applications');
  await expect(replay(job())).rejects.toMatchObject({ name: 'JobBusyError', isBusy: true });
  if (lease.kind === 'lease') await lease.release();
});

test('a write API that fails is thrown and noted; what arrived before is removed, the rest stays', async () => {
  for (let id = 1; id <= 12; id += 1) await visit(id, 'char(0)');
  await visit(13, "'n'");
  await place.collecting.run(job(), NOW);
  const healing = job({ record: { timestamp: 'day', id: ['_timestamp', 'id'], fields: { id: 'id' } } });
  place.api.script({ status: 200, body: { status: 'ok' } }, { status: 401 });
  await expect(replay(healing)).rejects.toMatchObject({ side: 'refused' });
  expect(await letters()).toHaveLength(7);
  const [run] = await place.collecting.state.runs({ job: 'applications', limit: 1 });
  expect(run).toMatchObject({ outcome: 'failed', records: 5, failure: { side: 'refused' } });
  expect((await replay(healing)).result).toMatchObject({ outcome: 'succeeded', records: 7 });
});

test('a replay that is stopped is interrupted, and the letters stay', async () => {
  await visit(1, "'n'");
  await visit(2, 'char(0)');
  await place.collecting.run(job(), NOW);
  const healing = job({ record: { timestamp: 'day', id: ['_timestamp', 'id'], fields: { id: 'id' } } });
  place.api.otherwise({ fault: 'hang' });
  const stop = new AbortController();
  const running = replay(healing, { signal: stop.signal });
  const ended = expect(running).rejects.toThrow();
  await place.api.seen(2);
  stop.abort(new Error('enough'));
  await ended;
  const [run] = await place.collecting.state.runs({ job: 'applications', limit: 1 });
  expect(run).toMatchObject({ outcome: 'interrupted', failure: undefined });
  expect(await letters()).toHaveLength(1);
});
