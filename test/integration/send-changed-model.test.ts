import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Batch } from '../../src/model/batch.ts';
import type { Target } from '../../src/model/target.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { startWriteApi } from '../support/write-api.ts';

/** Nights in which rows come, change, go back and go, requests break, and the write API loses records. */

const NUMBERS = 8;
const DAYS = ['2014-06-03', '2014-06-04', '2014-06-05', '2014-06-06'];
const NOW = '2014-06-07T05:00:00Z';
/** The data set refuses it. */
const REFUSED = 99;

const place = collectingEach(
  'postgresql',
  () =>
    startWriteApi({
      raw_queries_allowed: true,
      schema: { type: 'object', properties: { count: { type: 'integer', maximum: REFUSED - 1 } } },
    }),
  ['CREATE TABLE visits (day date, id integer PRIMARY KEY, count integer)'],
);

const jobWith = (over: Record<string, unknown>) =>
  jobOf({
    window: { period: 'day', lookback: DAYS.length },
    query: 'SELECT day, id, count FROM visits WHERE day >= :from_date AND day < :to_date ORDER BY id',
    record: { timestamp: 'day', id: ['_timestamp', 'id'], fields: { id: 'id', count: 'count' } },
    ...over,
  });

const URL_OF_RECORDS = '/data/test/applications';
const authorization = 'Bearer the-token';

async function lose(ids: readonly number[]): Promise<void> {
  for (const { _id, id } of await place.api.stored()) {
    if (!ids.includes(Number(id))) continue;
    const url = `${place.api.url}${URL_OF_RECORDS}/${_id}`;
    expect((await fetch(url, { method: 'DELETE', headers: { authorization } })).status).toBe(200);
  }
}

class Broken extends Error {
  readonly side = 'target';
}

/** What becomes of one request: it is answered; or arrives, and the answer does not; or never arrives; or much later. */
const FATES = ['answered', 'unanswered', 'lost', 'late'] as const;
type Fate = (typeof FATES)[number];

/** A data set of which one request breaks, with which the run ends as it does when it is killed. */
function breaking(real: Target, fate: Fate, at: number, late: Batch[]): Target {
  let number = 0;
  return {
    address: real.address,
    empty: (signal) => real.empty(signal),
    remove: (id, signal) => real.remove(id, signal),
    async post(batch, signal) {
      if (fate === 'answered' || number++ !== at) return real.post(batch, signal);
      if (fate === 'unanswered') await real.post(batch, signal);
      if (fate === 'late') late.push(new Batch(Buffer.from(batch.bytes), batch.ends));
      throw new Broken('the request broke');
    },
  };
}

const number = fc.integer({ min: 1, max: NUMBERS });
const night = fc.record({
  rows: fc.array(fc.tuple(number, fc.option(fc.constantFrom(1, 1, 2, 2, 3, REFUSED), { freq: 3 })), {
    maxLength: 4,
  }),
  lost: fc.option(fc.array(number, { minLength: 1, maxLength: NUMBERS }), { freq: 5 }),
  fate: fc.constantFrom(...(['answered', 'answered', 'answered', ...FATES] as const)),
  at: fc.integer({ min: 0, max: 2 }),
});

/** What the table has: counts by id. */
const source = new Map<number, number>();

async function write(rows: readonly (readonly [number, number | null])[]): Promise<void> {
  for (const [id, count] of rows) {
    await place.database.execute(`DELETE FROM visits WHERE id = ${id}`);
    source.delete(id);
    if (count === null) continue;
    const day = DAYS[id % DAYS.length];
    await place.database.execute(`INSERT INTO visits VALUES ('${day}', ${id}, ${count})`);
    source.set(id, count);
  }
}

/** Counts by id, of those that the data set does not refuse now. */
const taken = (pairs: Iterable<readonly [number, number]>) =>
  Object.fromEntries([...pairs].filter(([id]) => source.get(id) !== REFUSED));

const inDataSet = async () =>
  (await place.api.stored()).map(({ id, count }) => [Number(id), Number(count)] as const);

test.each(['keep', 'remove'])(
  'after every night that ends well the data set has what the source has, with deleted: %s',
  async (deleted) => {
    const job = jobWith({ deleted });
    let [sent, unchanged] = [0, 0];
    const nights = fc.array(night, { minLength: 3, maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(nights, fc.constantFrom(1, 3), async (plan, max_batch_records) => {
        await place.database.execute('DELETE FROM visits');
        source.clear();
        await place.collecting.state.setProgress(job.name, undefined);
        for (const { id } of await place.collecting.state.deadLetters({}))
          await place.collecting.state.discardDeadLetters([id]);
        const real = place.collecting.targetOf(job);
        await real.empty(new AbortController().signal);
        let late: Batch[] = [];
        for (const { rows, lost, fate, at } of plan) {
          await write(rows);
          if (lost !== null) await lose(lost);
          const arriving = late;
          late = [];
          const target = breaking(real, fate, at, late);
          const limits = { max_batch_records, max_batch_bytes: 1_048_576, requests_in_flight: 2 };
          const result = await place.collecting.run(job, NOW, { target, limits });
          sent += result.records;
          unchanged += result.unchanged;
          if (result.failure === undefined) {
            const found = taken(await inDataSet());
            if (deleted === 'remove' && source.size > 0) expect(found).toEqual(taken(source));
            else expect(found).toMatchObject(taken(source));
          }
          for (const batch of arriving) await real.post(batch, new AbortController().signal);
        }
      }),
      { numRuns: 10 },
    );
    expect(unchanged).toBeGreaterThan(sent / 4);
  },
  120_000,
);
