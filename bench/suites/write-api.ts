import pg from 'pg';
import type { Bench } from '../bench.ts';
import { createBenchDatabase, TITLES } from '../workload/database.ts';
import type { Ids } from '../write-api/bodies.ts';
import { rate } from '../write-api/measure.ts';
import { Served } from '../write-api/served.ts';
import { figureOf, found, omitted, type Suite, together } from './suite.ts';

type Kept = 'sqlite' | 'postgresql';

/** Requests of a thousand records in one round. */
const REQUESTS = 200;
const BATCH = 1_000;

/** How fast `serve` stores: batches of 1,000 new records, one after the other, each durable before it is answered. */
export const WRITE_API: Suite = {
  name: 'write-api',
  about: "records a second that the project's own write API stores, in SQLite and PostgreSQL",
  isQuick: false,
  async measure(bench) {
    const findings = [];
    for (const store of ['sqlite', 'postgresql'] as const) {
      const missing = bench.databases.whyNot(store);
      const what = `the write API on ${TITLES[store]}`;
      findings.push(missing === undefined ? await measureStore(bench, store) : omitted(what, missing));
    }
    return together(...findings);
  },
};

async function measureStore(bench: Bench, store: Kept) {
  const { records } = bench.sizes;
  const words = `write API on ${TITLES[store]}, records a second`;
  const ascending = await rates(bench, store, 'ascending', 0);
  const random = await rates(bench, store, 'random', records);
  return found(
    figureOf(`write-api/${store}-ascending`, `${words}: ascending ids`, 'per second', ascending),
    figureOf(
      `write-api/${store}-random`,
      `${words}: new random ids beside ${records.toLocaleString('en-GB')} records`,
      'per second',
      random,
    ),
  );
}

/** @param held records that the data set holds before */
async function rates(bench: Bench, store: Kept, ids: Ids, held: number): Promise<readonly number[]> {
  const database =
    store === 'postgresql' ? await createBenchDatabase(store, bench.databases.server(store)) : undefined;
  const served = await Served.start({ place: database?.url });
  try {
    if (held > 0) bench.say(`filling the write API on ${TITLES[store]} with ${held} records`);
    let first = 0;
    for (; first < held; first += REQUESTS * BATCH) await rate(served, ids, REQUESTS, first);
    if (held === 0) {
      await rate(served, ids, 50, 0);
      first = REQUESTS * BATCH;
    }
    if (database !== undefined) await checkpoint(database.url);
    const values = [];
    for (let round = 0; round < bench.sizes.rounds; round++, first += REQUESTS * BATCH)
      values.push((await rate(served, ids, REQUESTS, first)).recordsPerSecond);
    return values;
  } finally {
    await served.stop();
    await database?.drop();
  }
}

async function checkpoint(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CHECKPOINT');
  await client.end();
}
