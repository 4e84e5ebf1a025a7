import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/model/run-event.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { type ReceivedRequest, startFaultyServer } from '../support/faulty-server.ts';

const NOW = '2014-06-10T05:30:00Z';

const place = collectingEach('better-sqlite3', startFaultyServer, [
  'CREATE TABLE visits (day date, id integer, note text)',
]);

const job = (over: Record<string, unknown> = {}) =>
  jobOf({
    query: 'SELECT day, id, note FROM visits WHERE day >= :from_date AND day < :to_date ORDER BY id',
    record: { timestamp: 'day', id: ['_timestamp', 'id'] },
    ...over,
  });

const visits = (from: number, to: number) =>
  place.database.execute(`INSERT INTO visits SELECT '2014-06-09', value, 'note ' || value
    FROM (WITH RECURSIVE n(value) AS (SELECT ${from} UNION ALL SELECT value + 1 FROM n WHERE value < ${to}) SELECT value FROM n)`);
const letters = () => place.collecting.state.deadLetters({ job: 'applications' });
const collectedTo = async () => (await place.collecting.state.progressOf('applications'))?.collectedTo;

/** A write API that refuses every batch with one of these ids in it, and stores the others. */
function refusing(...ids: number[]) {
  const stored = new Map<number, string>();
  place.api.otherwise(({ text }: ReceivedRequest) => {
    const records: { id: number; note: string }[] = JSON.parse(text);
    const bad = records.filter(({ id }) => ids.includes(id));
    if (bad.length > 0)
      return { status: 400, body: { status: 'error', messages: [`${bad[0]?.id} is bad luck`] } };
    for (const { id, note } of records) stored.set(id, note);
    return { status: 200, body: { status: 'ok' } };
  });
  return stored;
}

test('texts that are not UTF-8, and bytes in a column of another type, are dead letters, each by itself', async () => {
  await place.database.execute(`INSERT INTO visits VALUES ('2014-06-09', 1, cast(x'4f72e9' AS text)), ('2014-06-09', 2, cast(x'4f72e8' AS text)),
    ('2014-06-09', 3, 'Or' || char(65533)), ('2014-06-09', x'34', 'four'), ('2014-06-09', 5, 'Oré')`);
  const stored = refusing();
  const result = await place.collecting.run(job(), NOW);
  expect(result).toMatchObject({ outcome: 'partial', rows: 5, records: 2, deadLetters: 3 });
  expect([...stored]).toEqual([
    [3, 'Or\ufffd'],
    [5, 'Oré'],
  ]);
  expect((await letters()).map(({ reason }) => reason)).toEqual([
    'column note: holds bytes that are no text in UTF-8',
    'column note: holds bytes that are no text in UTF-8',
    'column id: holds binary data',
  ]);
});

test('texts that are not UTF-8 are told apart in the _id', async () => {
  await place.database.execute(
    `INSERT INTO visits VALUES ('2014-06-09', 1, cast(x'4f72e9' AS text)), ('2014-06-09', 2, cast(x'4f72e8' AS text)), ('2014-06-09', 3, 'Oré')`,
  );
  const stored = refusing();
  const record = { timestamp: 'day', id: ['_timestamp', 'note'] };
  expect(await place.collecting.run(job({ record }), NOW)).toMatchObject({
    outcome: 'partial',
    records: 1,
    deadLetters: 2,
  });
  expect([...stored]).toEqual([[3, 'Oré']]);
});

test('of 1,000 records 3 are refused: 997 arrive, 3 are kept with the reason, at little cost', async () => {
  await visits(1, 1_000);
  const stored = refusing(13, 500, 999);
  const result = await place.collecting.run(job(), NOW);
  expect(result).toMatchObject({
    outcome: 'partial',
    rows: 1_000,
    records: 997,
    deadLetters: 3,
    failure: undefined,
  });
  expect(stored.size).toBe(997);
  expect(place.api.requests.length).toBeLessThanOrEqual(1 + 40);
  expect((await letters()).map(({ cause, reason }) => `${cause}: ${reason}`)).toEqual([
    expect.stringMatching(/^refused: .*13 is bad luck/),
    expect.stringMatching(/^refused: .*500 is bad luck/),
    expect.stringMatching(/^refused: .*999 is bad luck/),
  ]);
  expect(await collectedTo()).toBe(Date.parse('2014-06-09T23:00:00Z'));
});

test('a string with U+0000 never leaves the process', async () => {
  await visits(1, 10);
  await place.database.execute("INSERT INTO visits VALUES ('2014-06-09', 11, 'a' || char(0) || 'b')");
  const result = await place.collecting.run(job(), NOW);
  expect(result).toMatchObject({ outcome: 'partial', rows: 11, records: 10, deadLetters: 1 });
  expect(place.api.requests.some(({ text }) => text.includes('\\u0000') || text.includes('\0'))).toBe(false);
  const [letter] = await letters();
  expect(letter).toMatchObject({ cause: 'not-a-record', run: 1, firstSeen: expect.any(Number) });
  expect(letter?.reason).toContain('column note');
  expect(letter?.content).toMatchObject({ kind: 'row', row: ['2014-06-09', 11, 'a\0b'] });
});

test('a row met again updates its dead letter; delivered at last it has none', async () => {
  await visits(1, 3);
  refusing(2);
  await place.collecting.run(job(), NOW);
  await place.collecting.run(job(), '2014-06-11T05:30:00Z');
  const [letter, ...others] = await letters();
  expect(others).toEqual([]);
  expect(letter).toMatchObject({ run: 2 });
  const stored = refusing();
  expect(await place.collecting.run(job(), '2014-06-11T05:40:00Z')).toMatchObject({ outcome: 'succeeded' });
  expect([...stored.keys()].sort()).toEqual([1, 2, 3]);
  expect(await letters()).toEqual([]);
});

test('a row that was no record, but has an id, loses its dead letter when it is corrected', async () => {
  await visits(1, 3);
  await place.database.execute('UPDATE visits SET note = char(0) WHERE id = 2');
  await place.collecting.run(job(), NOW);
  expect(await letters()).toHaveLength(1);
  await place.database.execute("UPDATE visits SET note = 'better' WHERE id = 2");
  await place.collecting.run(job(), NOW);
  expect(await letters()).toEqual([]);
});

test('too many dead letters mean that the job is wrong: the run fails and progress stays', async () => {
  await visits(1, 10);
  await place.database.execute('UPDATE visits SET note = char(0) WHERE id <= 4');
  const result = await place.collecting.run(job({ max_dead_letters: 3 }), NOW);
  expect(result).toMatchObject({ outcome: 'failed', failure: { side: 'config' } });
  expect(result.failure?.message).toContain('more than 3 rows of the run cannot be delivered');
  expect(result.failure?.remedy).toContain('raise max_dead_letters');
  expect(await collectedTo()).toBeUndefined();
  expect(await letters()).toEqual([]);
  expect(await place.collecting.run(job({ max_dead_letters: 4 }), NOW)).toMatchObject({ outcome: 'partial' });
});

test('nothing but dead letters means that the job is wrong, however few they are', async () => {
  await visits(1, 2);
  refusing(1, 2);
  const result = await place.collecting.run(job(), NOW);
  // It is the write API that took none of them, not the rows that fit no record.
  expect(result.failure?.side).toBe('refused');
  expect(result.failure?.message).toMatch(/^none of the 2 rows of the run can be delivered: .*1 is bad luck/);
  expect(await collectedTo()).toBeUndefined();
});

test('a second run of a job is skipped while the first one goes on, and takes its turn afterwards', async () => {
  await visits(1, 3);
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = ({ kind }: RunEvent) => {
    if (kind === 'window-acknowledged') resolve();
  };
  place.api.script(() => ({ fault: 'hang' }));
  const stop = new AbortController();
  const first = place.collecting.run(job(), NOW, { observer: slow, signal: stop.signal });
  await place.api.seen(1);
  const second = await place.collecting.run(job(), NOW);
  expect(second).toMatchObject({ outcome: 'skipped', rows: 0 });
  expect(second.failure?.message).toMatch(/has been running the job since \d{4}-/);
  stop.abort(new Error('enough'));
  expect((await first).outcome).toBe('interrupted');
  expect((await place.collecting.run(job(), NOW, { observer: slow })).outcome).toBe('succeeded');
  await promise;
});

test('a job whose ids would change stops until that is accepted', async () => {
  await visits(1, 3);
  await place.collecting.run(job(), NOW);
  const changed = job({ record: { timestamp: 'day', id: ['_timestamp', 'id', 'note'] } });
  const before = place.api.requests.length;
  const { failure } = await place.collecting.run(changed, NOW);
  expect(failure).toMatchObject({ side: 'config' });
  expect(failure?.message).toContain('record.id was ["_timestamp","id"] and is ["_timestamp","id","note"]');
  expect(failure?.remedy).toContain('state accept applications');
  expect(place.api.requests.length).toBe(before);
  expect((await place.collecting.run(job(), NOW)).outcome).toBe('succeeded');
});
