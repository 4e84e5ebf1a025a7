import { openPostgresqlStore } from '../../src/server/store/postgresql/store.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/store.ts';
import { keptAnswersOf, PLANS, recordOf } from './kept-plans.ts';

/** Writes and reads without end, until it is killed: `kept-writer.ts STORAGE SEED`. Tells of each round. */

const [storage = '', seed = ''] = process.argv.slice(2);
const { file, url } = JSON.parse(storage) as { file?: string; url?: string };
const store = file === undefined ? await openPostgresqlStore(url ?? '') : openSqliteStore(file);

async function write(round: number): Promise<void> {
  for (let batch = 0; batch < 5; batch++) {
    const first = round * 29 + batch * 7 + Number(seed) * 101;
    const records = Array.from({ length: 10 }, (_, index) =>
      recordOf((first + index) % 40, (first * 3 + index * 5) % 80, first + index),
    );
    await store.replace('a', records, '2024-06-12T10:30:00+00:00');
    await store.remove('a', `id-${first % 40}`);
  }
}

async function read(): Promise<void> {
  await keptAnswersOf(store, 'a', PLANS);
}

for (let round = 0; ; round++) {
  await Promise.all([write(round), read()]);
  process.stdout.write(`${round}\n`);
}
