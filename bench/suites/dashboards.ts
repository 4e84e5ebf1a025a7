import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Bench } from '../bench.ts';
import { DATA_SET, openPlace, readPage, records, recordsOf, UPDATED_AT } from '../dashboards/page.ts';
import type { Findings } from '../figures/figure.ts';
import { createBenchDatabase, TITLES } from '../workload/database.ts';
import { figureOf, found, omitted, ratio, type Suite, together } from './suite.ts';

type Kept = 'sqlite' | 'postgresql';

const READERS = 200;
/** Batches of a day's records that are stored in one round. */
const BATCHES = 100;
const LAST_DAY = 3_652;

/** What the pages of dashboards cost: eight modules over ten years of days. */
export const DASHBOARDS: Suite = {
  name: 'dashboards',
  about: 'the numbers of a dashboard of eight modules over a million records, in SQLite and PostgreSQL',
  isQuick: false,
  async measure(bench) {
    const findings = [];
    for (const store of ['sqlite', 'postgresql'] as const) {
      const missing = bench.databases.whyNot(store);
      const what = `dashboards on ${TITLES[store]}`;
      findings.push(missing === undefined ? await measureStore(bench, store) : omitted(what, missing));
    }
    return together(...findings);
  },
};

async function measureStore(bench: Bench, kind: Kept): Promise<Findings> {
  const database =
    kind === 'postgresql' ? await createBenchDatabase(kind, bench.databases.server(kind)) : undefined;
  try {
    return await measurePlace(bench, kind, database?.url ?? join(bench.folder, 'dashboards.sqlite'));
  } finally {
    await database?.drop();
  }
}

async function measurePlace({ sizes, say }: Bench, kind: Kept, place: string): Promise<Findings> {
  const words = `a dashboard on ${TITLES[kind]}`;
  say(`filling ${words} with ${sizes.rows} records`);
  const store = await openPlace(place);
  try {
    for (const batch of records(sizes.rows)) await store.replace(DATA_SET, batch, UPDATED_AT);
    const first = await seconds(() => readPage(store));
    const [cold, changed, one, many, version, alone, beside]: number[][] = [[], [], [], [], [], [], []];
    for (let round = 0; round < sizes.rounds; round++) {
      cold?.push(firstPage(place));
      await store.replace(DATA_SET, recordsOf(LAST_DAY), UPDATED_AT);
      changed?.push(firstPage(place));
      one?.push(await seconds(() => readPage(store)));
      many?.push(await seconds(() => Promise.all(Array.from({ length: READERS }, () => readPage(store)))));
      version?.push(await seconds(() => store.version(DATA_SET)));
      const write = () => writeDays((batch) => store.replace(DATA_SET, batch, UPDATED_AT));
      alone?.push(await write());
      beside?.push(await whileReading(write, () => readPage(store)));
    }
    const id = `dashboards/${kind}`;
    return found(
      figureOf(`${id}-never-read`, `${words}: numbers that nobody asked for before`, 'seconds', [first]),
      figureOf(`${id}-cold`, `${words}: numbers in a new process`, 'seconds', cold ?? []),
      figureOf(`${id}-changed`, `${words}: the same after a day was written`, 'seconds', changed ?? []),
      figureOf(`${id}-version`, `${words}: whether anything changed`, 'seconds', version ?? []),
      ratio(`${id}-readers`, `${words}: ${READERS} readers at once ÷ one`, 'times', {
        many: many ?? [],
        one: one ?? [],
      }),
      ratio(`${id}-writes`, `${words}: records stored a second while it is read ÷ without`, 'part', {
        beside: beside ?? [],
        alone: alone ?? [],
      }),
    );
  } finally {
    await store.close();
  }
}

const firstPage = (place: string): number =>
  Number(
    execFileSync(process.execPath, [resolve(import.meta.dirname, '../dashboards/first-page.ts'), place]),
  ) / 1_000;

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

/** Records stored a second. */
async function writeDays(write: (batch: ReturnType<typeof recordsOf>) => Promise<void>): Promise<number> {
  let count = 0;
  const time = await seconds(async () => {
    for (let day = 0; day < BATCHES; day++) {
      const batch = recordsOf(LAST_DAY - day);
      await write(batch);
      count += batch.length;
    }
  });
  return count / time;
}

async function whileReading(write: () => Promise<number>, read: () => Promise<void>): Promise<number> {
  let isOver = false;
  const reading = (async () => {
    while (!isOver) await read();
  })();
  try {
    return await write();
  } finally {
    isOver = true;
    await reading;
  }
}
