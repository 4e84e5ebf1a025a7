import { describe, expect, test } from 'vitest';
import { HOUR } from '../../src/calendar/durations.ts';
import type { State } from '../../src/model/state.ts';
import type { Target } from '../../src/model/target.ts';
import { dropDatabasesAfterwards, opened, SERVERS } from '../state/open-state.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { startWriteApi } from '../support/write-api.ts';

/** What a job with `send: changed` makes of a data set that another job, or a person, empties. */

dropDatabasesAfterwards();

const place = collectingEach('better-sqlite3', () => startWriteApi(), [
  'CREATE TABLE visits (day date, id integer, count integer)',
  "INSERT INTO visits VALUES ('2014-06-05', 5, 50), ('2014-06-06', 6, 60)",
]);

const NIGHT = '2014-06-07T05:00:00Z';
const NEVER = new AbortController().signal;

const daily = jobOf({
  window: { period: 'day', lookback: 2 },
  query: 'SELECT day, id, count FROM visits WHERE day >= :from_date AND day < :to_date ORDER BY id',
  record: { timestamp: 'day', id: ['_timestamp', 'id'], fields: { id: 'id', count: 'count' } },
});

const replacing = {
  ...jobOf({
    data_set: { data_group: 'test', data_type: 'applications', token: 'the-token', replace: true },
    snapshot: { period: 'day' },
    query: 'SELECT 1 AS id, 10 AS count',
    record: { id: { fields: ['_timestamp', { value: 'now' }] } },
  }),
  name: 'replacing',
};

/** Counts by id. */
const stored = async () =>
  Object.fromEntries((await place.api.stored()).map(({ id, count }) => [String(id), count]));

const ALL = { 1: 10, 5: 50, 6: 60 };

describe.each(['memory', ...SERVERS])('with the state in %s', (where) => {
  const run = (state: State, job = daily, over = {}, now = NIGHT) =>
    place.collecting.run(job, now, { state, ...over });

  test('all is sent once more after another job has replaced what is there', async () => {
    const state = await opened(where);
    await run(state);
    expect(await run(state)).toMatchObject({ records: 0, unchanged: 2 });
    await run(state, replacing);
    expect(await stored()).toEqual({ 1: 10 });
    expect(await run(state)).toMatchObject({ records: 2, unchanged: 0 });
    expect(await stored()).toEqual(ALL);
    expect(await run(state)).toMatchObject({ records: 0, unchanged: 2 });
  });

  test('so is what a run has sent that went on meanwhile', async () => {
    const state = await opened(where);
    const real = place.collecting.targetOf(daily);
    const target: Target = {
      address: real.address,
      empty: (signal) => real.empty(signal),
      remove: (id, signal) => real.remove(id, signal),
      async post(batch, signal) {
        const answer = await real.post(batch, signal);
        if ((await place.api.stored()).length === 1) await run(state, replacing);
        return answer;
      },
    };
    const limits = { max_batch_records: 1, max_batch_bytes: 1_048_576, requests_in_flight: 1 };
    expect(await run(state, daily, { target, limits })).toMatchObject({ records: 2, failure: undefined });
    expect(await stored()).toEqual({ 1: 10, 6: 60 });
    expect(await run(state)).toMatchObject({ records: 2, unchanged: 0 });
    expect(await stored()).toEqual(ALL);
  });

  test('what is sent while it is emptied counts for nothing, and for an hour where the end was never heard of', async () => {
    const state = await opened(where, { now: () => Date.parse(NIGHT) });
    const { address } = place.collecting.targetOf(daily);
    await run(state);
    await state.dataSetChanging(address);
    for (let night = 0; night < 2; night++)
      expect(await run(state)).toMatchObject({ records: 2, unchanged: 0 });
    await place.collecting.targetOf(daily).empty(NEVER);
    const later = new Date(Date.parse(NIGHT) + HOUR).toISOString();
    expect(await run(state, daily, {}, later)).toMatchObject({ records: 2, unchanged: 0 });
    expect(await run(state, daily, {}, later)).toMatchObject({ records: 0, unchanged: 2 });
    await state.dataSetChanged(address);
    expect(await run(state, daily, {}, later)).toMatchObject({ records: 2, unchanged: 0 });
  });

  test('nothing else is sent once more when another data set is emptied', async () => {
    const state = await opened(where);
    await run(state);
    await state.dataSetChanging('http://127.0.0.1/data/test/other');
    await state.dataSetChanged('http://127.0.0.1/data/test/other');
    expect(await run(state)).toMatchObject({ records: 0, unchanged: 2 });
  });
});
