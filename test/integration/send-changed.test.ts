import { beforeEach, describe, expect, test } from 'vitest';
import type { RunOptions } from '../../src/collect/collect-job.ts';
import type { Route } from '../../src/collect/run-context.ts';
import { sentRules } from '../../src/collect/sent-rules.ts';
import type { Job } from '../../src/config/config.ts';
import type { RunEvent } from '../../src/model/run-event.ts';
import type { Target } from '../../src/model/target.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { startWriteApi } from '../support/write-api.ts';

/** What is sent of periods that are collected again, and what is not. */

/** The data set refuses it. */
const REFUSED = 10_000;
const SETTINGS = {
  raw_queries_allowed: true,
  schema: { type: 'object', properties: { count: { maximum: REFUSED - 1 } } },
};

const place = collectingEach('better-sqlite3', () => startWriteApi(SETTINGS), [
  'CREATE TABLE visits (day date, id integer, count integer)',
]);

let events: RunEvent[];
beforeEach(async () => {
  events = [];
  await insert(...[1, 2, 3, 4, 5, 6].map((id) => [`2014-06-0${id}`, id, id * 10] as const));
});

async function insert(...rows: readonly (readonly [string, number, number])[]): Promise<void> {
  for (const [day, id, count] of rows)
    await place.database.execute(`INSERT INTO visits VALUES ('${day}', ${id}, ${count})`);
}

const change = (set: string, where: string) =>
  place.database.execute(`UPDATE visits SET ${set} WHERE ${where}`);
const remove = (where: string) => place.database.execute(`DELETE FROM visits WHERE ${where}`);

const daily = (window: Record<string, unknown> = {}, over: Record<string, unknown> = {}) =>
  jobOf({
    window: { period: 'day', lookback: 5, ...window },
    query: 'SELECT day, id, count FROM visits WHERE day >= :from_date AND day < :to_date ORDER BY id',
    record: { timestamp: 'day', id: ['_timestamp', 'id'], fields: { id: 'id', count: 'count' } },
    ...over,
  });

/** A run early on a day of June. */
const onDay = (day: number, job: Job = daily(), over: Partial<RunOptions> & Partial<Route> = {}) =>
  place.collecting.run(job, `2014-06-${String(day).padStart(2, '0')}T05:00:00Z`, {
    observer: (event) => void events.push(event),
    ...over,
  });

const told = <Kind extends RunEvent['kind']>(kind: Kind) =>
  events.filter((event): event is Extract<RunEvent, { kind: Kind }> => event.kind === kind);

/** What the data set has: `id: count`. */
const stored = async () => Object.fromEntries((await place.api.stored()).map(({ id, count }) => [id, count]));

const DATA_SET = '/data/test/applications';
const headers = { authorization: 'Bearer the-token', 'content-type': 'application/json' };

/** Stores a record that is none of the collector's. */
const send = (record: Record<string, unknown>) =>
  fetch(place.api.url + DATA_SET, { method: 'POST', headers, body: JSON.stringify(record) });

/** Loses records, as the write API does that goes back to a backup. */
async function lose(isLost: (record: Record<string, unknown>) => boolean): Promise<void> {
  const { authorization } = headers;
  for (const { _id } of (await place.api.stored()).filter(isLost))
    await fetch(`${place.api.url}${DATA_SET}/${_id}`, { method: 'DELETE', headers: { authorization } });
}

test('what the data set has is not sent again, and is counted', async () => {
  expect(await onDay(7)).toMatchObject({ rows: 5, records: 5, unchanged: 0, requests: 1 });
  expect(await onDay(7)).toMatchObject({
    outcome: 'succeeded',
    rows: 5,
    records: 0,
    unchanged: 5,
    requests: 0,
  });
  await change('count = 41', 'id = 4');
  await insert(['2014-06-03', 33, 330], ['2014-06-07', 7, 70]);
  expect(await onDay(8)).toMatchObject({ rows: 6, records: 3, unchanged: 3, requests: 1 });
  expect(await stored()).toEqual({ 2: 20, 3: 30, 33: 330, 4: 41, 5: 50, 6: 60, 7: 70 });
});

test('what has arrived of each period is the same, whether or not it was sent again', async () => {
  await onDay(7);
  const before = await place.collecting.state.figuresOf('applications');
  await onDay(7);
  expect(await place.collecting.state.figuresOf('applications')).toEqual(before);
  await change('count = 41', 'id = 4');
  await onDay(7);
  const sums = (await place.collecting.state.figuresOf('applications'))?.periods.map(
    (each) => each.sums.count,
  );
  expect(sums).toEqual(['20', '30', '41', '50', '60']);
});

test('a record that goes back to what it was is sent again', async () => {
  await onDay(7);
  await change('count = 41', 'id = 4');
  await onDay(7);
  await change('count = 40', 'id = 4');
  expect(await onDay(7)).toMatchObject({ records: 1 });
  expect((await stored())[4]).toBe(40);
});

test('so is one whose change arrived, though nobody heard the answer', async () => {
  await onDay(7);
  await change('count = 99', 'id = 4');
  const real = place.collecting.targetOf(daily());
  const target: Target = {
    address: real.address,
    empty: (signal) => real.empty(signal),
    remove: (id, signal) => real.remove(id, signal),
    async post(batch, signal) {
      await real.post(batch, signal);
      throw Object.assign(new Error('the request broke'), { side: 'target' });
    },
  };
  expect((await onDay(7, daily(), { target })).failure).toBeDefined();
  expect(await stored()).toMatchObject({ 4: 99 });
  await change('count = 40', 'id = 4');
  expect(await onDay(7)).toMatchObject({ records: 1, unchanged: 4 });
  expect(await stored()).toMatchObject({ 4: 40 });
});

test('what was refused does not count as sent', async () => {
  await onDay(7);
  await change(`count = ${REFUSED}`, 'id = 4');
  await insert(['2014-06-05', 55, REFUSED]);
  const refused = { records: 0, unchanged: 4, deadLetters: 2 };
  expect(await onDay(7)).toMatchObject(refused);
  expect(await onDay(7)).toMatchObject(refused);
  expect(told('data-set-lost')).toEqual([]);
});

describe('everything is sent', () => {
  const ALL = { records: 5, unchanged: 0 };

  test.each([
    ['by a job that says so', daily({}, { send: 'all' })],
    ['where rows may be in any window', daily({ allow_outside: true })],
    [
      'where an id does not say of which period it is',
      daily({}, { record: { timestamp: 'day', id: ['id'] } }),
    ],
  ])('%s', async (_, job) => {
    await onDay(7, job);
    expect(await onDay(7, job)).toMatchObject(ALL);
  });

  test('when a person asks for it, or for a span, and is remembered', async () => {
    await onDay(7);
    expect(await onDay(7, daily(), { allRecords: true })).toMatchObject(ALL);
    const span = { from: Date.parse('2014-06-02'), to: Date.parse('2014-06-07'), resume: false };
    expect(await onDay(7, daily(), { span })).toMatchObject(ALL);
    expect(await onDay(7)).toMatchObject({ records: 0, unchanged: 5 });
  });

  test('when something else decides what leaves', async () => {
    await onDay(7);
    const record = {
      timestamp: 'day',
      id: ['_timestamp', 'id'],
      fields: { id: 'id', count: 'count' },
      suppress: { fields: ['count'], below: 25 },
    };
    expect(await onDay(7, daily({}, { record }))).toMatchObject(ALL);
    expect(await stored()).toMatchObject({ 2: null, 3: 30 });
    expect(await onDay(7, daily({}, { record }))).toMatchObject({ records: 0, unchanged: 5 });
  });

  test('after a reset, and where progress went backwards', async () => {
    await onDay(7);
    await place.collecting.state.setProgress('applications', { collectedTo: Date.parse('2014-06-04') });
    expect(await onDay(7)).toMatchObject(ALL);
    await place.collecting.state.setProgress('applications', undefined);
    expect(await onDay(7)).toMatchObject(ALL);
  });
});

test('of a period of which the data set has lost something all is sent again, and that is told', async () => {
  await insert(['2014-06-04', 44, 440]);
  await onDay(7);
  await lose(({ id }) => id === 4);
  expect(await onDay(7)).toMatchObject({ records: 2, unchanged: 4 });
  expect(told('data-set-lost')).toMatchObject([
    { periods: [{ period: Date.parse('2014-06-04'), sent: 2, found: 1 }] },
  ]);
  await lose(() => true);
  expect(await onDay(7)).toMatchObject({ records: 6, unchanged: 0 });
  const lost = told('data-set-lost').at(-1)?.periods;
  expect(told('data-set-lost')).toHaveLength(2);
  expect(lost?.map(({ sent, found }) => [sent, found])).toEqual([
    [1, 0],
    [1, 0],
    [2, 0],
    [1, 0],
    [1, 0],
  ]);
  expect(Object.keys(await stored())).toHaveLength(6);
  expect(await onDay(7)).toMatchObject({ records: 0, unchanged: 6 });
});

describe('rows that are gone', () => {
  const removing = daily({}, { deleted: 'remove' });

  test('are told of once, and their records stay', async () => {
    await onDay(7);
    await remove('id IN (3, 5)');
    expect(await onDay(7)).toMatchObject({ records: 0, unchanged: 3, vanished: 2, outcome: 'succeeded' });
    const periods = ['2014-06-03', '2014-06-05'].map((day) => ({ period: Date.parse(day), records: 1 }));
    expect(told('records-vanished')).toMatchObject([{ fate: 'kept', periods }]);
    expect(await onDay(7)).toMatchObject({ vanished: 0 });
    expect(Object.keys(await stored())).toHaveLength(5);
  });

  test.each([
    ['later', [3], []],
    ['before they are noticed', [], [3]],
  ])('and whose records somebody removes by hand %s are missed once', async (_, gone, removed) => {
    await onDay(7);
    await insert(['2014-06-03', 33, 330]);
    await onDay(7);
    await remove('id = 3');
    if (gone.length > 0) await onDay(7);
    await lose(({ id }) => [...gone, ...removed].includes(id as number));
    expect(await onDay(7)).toMatchObject({ records: 1, unchanged: 4 });
    expect(told('data-set-lost')).toHaveLength(1);
    expect(await onDay(7)).toMatchObject({ records: 0, unchanged: 5, vanished: 0 });
    expect(told('data-set-lost')).toHaveLength(1);
    await lose(({ id }) => id === 33);
    expect(await onDay(7)).toMatchObject({ records: 1, unchanged: 4 });
    expect(told('data-set-lost')).toHaveLength(2);
    await insert(['2014-06-03', 3, 30]);
    expect(await onDay(7)).toMatchObject({ records: 1, unchanged: 5 });
    await lose(({ id }) => id === 3);
    expect(await onDay(7)).toMatchObject({ records: 2, unchanged: 4 });
  });

  test('take their records along where the job says so, and nobody else’s', async () => {
    await onDay(7, removing);
    await send({ _id: 'other', _timestamp: '2014-06-03T00:00:00Z', id: 'other', count: 1 });
    await remove('id IN (3, 5)');
    expect(await onDay(7, removing)).toMatchObject({ vanished: 2 });
    expect(told('records-vanished')).toMatchObject([{ fate: 'removed', removed: 2 }]);
    expect(await stored()).toEqual({ 2: 20, 4: 40, 6: 60, other: 1 });
    expect(await onDay(7, removing)).toMatchObject({ records: 0, unchanged: 3, vanished: 0 });
    await insert(['2014-06-03', 3, 30]);
    expect(await onDay(7, removing)).toMatchObject({ records: 1 });
    expect((await stored())[3]).toBe(30);
  });

  test('have another id now where a column of it was corrected', async () => {
    await onDay(7, removing);
    await change('id = 50', 'id = 5');
    expect(await onDay(7, removing)).toMatchObject({ records: 1, vanished: 1 });
    expect(await stored()).toEqual({ 2: 20, 3: 30, 4: 40, 50: 50, 6: 60 });
  });

  test('are not believed in where the query gives no rows at all', async () => {
    await onDay(7, removing);
    await remove('true');
    expect(await onDay(7, removing)).toMatchObject({ outcome: 'empty', vanished: 5 });
    expect(told('records-vanished')).toMatchObject([{ fate: 'not-removed' }]);
    expect(Object.keys(await stored())).toHaveLength(5);
  });

  test('are not those that cannot be sent any more', async () => {
    await onDay(7, removing);
    await change("count = 'many'", 'id = 5');
    const typed = daily(
      {},
      {
        deleted: 'remove',
        record: {
          timestamp: 'day',
          id: ['_timestamp', 'id'],
          fields: { id: 'id', count: { column: 'count', as: 'integer' } },
        },
      },
    );
    await onDay(7, typed, { allRecords: true });
    await remove('id = 2');
    expect(await onDay(7, typed)).toMatchObject({ deadLetters: 1, vanished: 1 });
    expect(Object.keys(await stored()).toSorted()).toEqual(['3', '4', '5', '6']);
  });
});

test('a first collection of years remembers the periods that it looks back to, and no others', async () => {
  const job = daily({ lookback: 2, start: '2014-06-01', max_periods: 1 });
  await onDay(7, job);
  const all = { from: 0, to: Date.parse('2015-01-01') };
  const { address } = place.collecting.targetOf(job);
  const rules = sentRules(job, 'UTC', { address, changes: 0, isChanging: false });
  const known = await place.collecting.state.sentOf('applications', rules, all);
  expect(known.map(({ period }) => new Date(period).toISOString().slice(0, 10))).toEqual([
    '2014-06-05',
    '2014-06-06',
  ]);
});
