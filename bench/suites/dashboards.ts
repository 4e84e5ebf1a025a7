import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { DASHBOARD, LAST_DAY, openPlace, records } from '../dashboards/page.ts';
import { Reader } from '../dashboards/reader.ts';
import type { Findings } from '../figures/figure.ts';
import { median } from '../figures/statistics.ts';
import { createBenchDatabase, TITLES } from '../workload/database.ts';
import { BATCHES, Served } from '../write-api/served.ts';
import { figureOf, found, omitted, ratio, type Suite, together } from './suite.ts';

type Kept = 'sqlite' | 'postgresql';

const READERS = 200;
/** Batches of a day's records that are stored in one round. */
const BATCHES_OF_DAYS = 100;
/** How often a page that stays the same is asked for in one round. */
const QUESTIONS = 50;
/** Milliseconds. */
const PAUSE = 3_000;

/** What the pages of dashboards cost over HTTP: eight modules over ten years of days. */
export const DASHBOARDS: Suite = {
  name: 'dashboards',
  about: 'the page of a dashboard of eight modules over a million records, in SQLite and PostgreSQL',
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
  await fill(place, sizes.rows);
  const rounds: Round[] = [];
  const neverRead = await inProcess(place, (reader) => seconds(() => reader.page()));
  for (let round = 0; round < sizes.rounds; round++) rounds.push(await inProcess(place, measureRound));
  const all = (name: keyof Round) => rounds.map((round) => round[name]);
  const id = `dashboards/${kind}`;
  const readers = { many: all('many'), one: all('changed') };
  const writes = { beside: all('beside'), alone: all('alone') };
  return found(
    figureOf(`${id}-never-read`, `${words}: a page that nobody asked for before`, 'seconds', [neverRead]),
    figureOf(`${id}-cold`, `${words}: the first page of a new process`, 'seconds', all('cold')),
    figureOf(`${id}-changed`, `${words}: a page after a day was written`, 'seconds', all('changed')),
    figureOf(`${id}-unchanged`, `${words}: whether a page changed`, 'seconds', all('unchanged')),
    ratio(`${id}-readers`, `${words}: ${READERS} readers at once ÷ one`, 'times', readers),
    ratio(`${id}-writes`, `${words}: records stored a second while it is read ÷ without`, 'part', writes),
  );
}

async function fill(place: string, count: number): Promise<void> {
  const store = await openPlace(place);
  const updatedAt = new Date().toISOString().replace('Z', '+00:00');
  for (const batch of records(count)) await store.replace(BATCHES, batch, updatedAt);
  await store.close();
}

/** Runs `work` with a process that has nothing in memory. */
async function inProcess<Result>(place: string, work: (reader: Reader) => Promise<Result>): Promise<Result> {
  const served = await Served.start({ place, dashboard: DASHBOARD });
  const reader = new Reader(served, READERS);
  try {
    return await work(reader);
  } finally {
    await reader.close();
    await served.stop();
  }
}

/** Seconds, and of `alone` and `beside` records a second. */
type Round = Readonly<Record<'cold' | 'changed' | 'many' | 'unchanged' | 'alone' | 'beside', number>>;

async function measureRound(reader: Reader): Promise<Round> {
  const cold = await seconds(() => reader.page());
  const read = () => Promise.all(Array.from({ length: READERS }, () => reader.page()));
  // Connects all readers.
  await read();
  await reader.write(LAST_DAY);
  const changed = await seconds(() => reader.page());
  // Not while something seems to be written again and again.
  await delay(PAUSE);
  await reader.write(LAST_DAY);
  const many = await seconds(read);
  const tag = await reader.page();
  const unchanged: number[] = [];
  for (let question = 0; question < QUESTIONS; question++)
    unchanged.push(await seconds(() => reader.unchanged(tag)));
  const alone = await writeDays(reader);
  const beside = await whileReading(
    () => writeDays(reader),
    () => reader.page(),
  );
  return { cold, changed, many, unchanged: median(unchanged), alone, beside };
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

/** Records stored a second. */
async function writeDays(reader: Reader): Promise<number> {
  let count = 0;
  const time = await seconds(async () => {
    for (let day = 0; day < BATCHES_OF_DAYS; day++) count += await reader.write(LAST_DAY - day);
  });
  return count / time;
}

async function whileReading(write: () => Promise<number>, read: () => Promise<unknown>): Promise<number> {
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
