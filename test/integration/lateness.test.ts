import { beforeEach, expect, test } from 'vitest';
import type { RunOptions } from '../../src/collect/collect-job.ts';
import type { RunEvent } from '../../src/model/run-event.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { startWriteApi } from '../support/write-api.ts';

/** How late rows come is measured by runs. */

const place = collectingEach('better-sqlite3', () => startWriteApi(), [
  'CREATE TABLE visits (day date, id integer, count integer)',
]);

let events: RunEvent[];
beforeEach(() => {
  events = [];
});

const date = (day: number) => `2014-06-${String(day).padStart(2, '0')}`;

const insert = (day: number, ...ids: readonly number[]) =>
  place.database.execute(
    `INSERT INTO visits VALUES ${ids.map((id) => `('${date(day)}', ${id}, 1)`).join(', ')}`,
  );

const daily = (window: Record<string, unknown> = {}, over: Record<string, unknown> = {}) =>
  jobOf({
    window: { period: 'day', lookback: 3, ...window },
    query: 'SELECT day, id, count FROM visits WHERE day >= :from_date AND day < :to_date',
    record: { timestamp: 'day', id: ['_timestamp', 'id'], fields: { id: 'id', count: 'count' } },
    ...over,
  });

/** A run early on a day of June. */
const onDay = (day: number, job = daily(), over: Partial<RunOptions> = {}) =>
  place.collecting.run(job, `${date(day)}T05:00:00Z`, {
    observer: (event) => void events.push(event),
    ...over,
  });

const lateness = () => place.collecting.state.latenessOf('applications');
const late = async () =>
  ((await lateness())?.ages ?? []).map(({ appeared, changed, vanished }) => [appeared, changed, vanished]);
const told = () =>
  events.flatMap((event) =>
    event.kind === 'late-at-end'
      ? [[new Date(event.period).toISOString().slice(8, 10), event.appeared, event.changed, event.vanished]]
      : [],
  );

test('rows that appear, change and vanish are counted by how old their day is', async () => {
  for (const day of [1, 2, 3, 4, 5, 6]) await insert(day, 10 * day, 10 * day + 1);
  await onDay(4);
  await insert(3, 39, 38);
  await onDay(5);
  await place.database.execute('UPDATE visits SET count = 2 WHERE id IN (30, 40)');
  await place.database.execute('DELETE FROM visits WHERE id = 41');
  await onDay(6);
  expect(await late()).toEqual([
    [0, 0, 0],
    [2, 1, 1],
    [0, 1, 0],
  ]);
  expect(await lateness()).toMatchObject({
    first: { periods: 3, records: 6 },
    ages: [{ periods: 0 }, { periods: 2, records: 6 }, { periods: 2, records: 6 }],
  });
  expect(told()).toEqual([['03', 0, 1, 0]]);
});

test('what is there when a job begins, and what comes of days that it does not look at any more, counts for nothing', async () => {
  for (const day of [1, 2, 3, 4]) await insert(day, day);
  await onDay(4);
  await insert(1, 100);
  await onDay(5);
  expect((await late()).flat().every((count) => count === 0)).toBe(true);
  expect(told()).toEqual([]);
});

test('runs of the same day are one look', async () => {
  for (const day of [1, 2, 3, 4]) await insert(day, day);
  await onDay(4);
  await onDay(5);
  await onDay(5);
  await onDay(5, daily({}, { send: 'all' }));
  expect((await lateness())?.ages.map(({ periods }) => periods)).toEqual([0, 1, 1]);
});

test('a job that looks at no day again remembers nothing', async () => {
  await insert(3, 3);
  await onDay(4, daily({ lookback: 0, start: date(3) }));
  await onDay(5, daily({ lookback: 0, start: date(3) }));
  expect(await lateness()).toBeUndefined();
});
