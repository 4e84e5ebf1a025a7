import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { type LoadedWriteApiConfig, loadWriteApiConfig } from '../../src/config/load-write-api-config.ts';
import { figuresTable } from '../../src/dashboards/figures-table.ts';
import { earlierSnapshots, JOB_OF_SNAPSHOTS } from '../../src/demo/earlier-snapshots.ts';
import { openPlatform } from '../../src/demo/platform.ts';
import { createServiceDatabase } from '../../src/demo/service-database.ts';
import type { Module } from '../../src/model/dashboard.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/store.ts';
import type { Store } from '../../src/server/store/store.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { figuresOf, plain } from '../dashboards/figures-of.ts';
import { Collecting } from '../support/collecting.ts';

const NOW = '2026-11-27T09:00:00Z';

let folder: string;
let loaded: LoadedWriteApiConfig;
let dataSets: readonly string[];
let store: Store;
let database: Database.Database;

/** The demonstration at a time of its own: its database, collected by the shipped jobs. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pp-db-collector-shipped-'));
  const file = join(folder, 'benefits.sqlite');
  createServiceDatabase(file, Date.parse(NOW));
  const platform = await openPlatform(folder, 0);
  const options = { environment: platform.environment, currentDirectory: folder };
  const { config } = loadConfig(platform.configFile, options);
  const [settings, jobs] = [config?.databases.benefits, config?.jobs ?? []];
  if (settings === undefined) throw new Error('the demonstration has its database');
  const collecting = new Collecting(createSource('benefits', settings), platform.url);
  for (const job of jobs) {
    const result = await collecting.run(job, NOW);
    expect(result, job.name).toMatchObject({ outcome: 'succeeded', deadLetters: 0 });
    const { data_group, data_type } = job.data_set;
    if (job.name === JOB_OF_SNAPSHOTS)
      await platform.deliver(data_group, data_type, earlierSnapshots(file, job));
  }
  await collecting.close();
  await platform.close();
  dataSets = jobs.map(({ data_set: { data_group, data_type } }) => `${data_group}/${data_type}`);
  loaded = loadWriteApiConfig(join(folder, 'write-api.yaml'), options);
  store = openSqliteStore(join(folder, 'write-api.sqlite'));
  database = new Database(file, { readonly: true });
}, 180_000);

afterAll(async () => {
  database.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

const modules = (): readonly Module[] =>
  loaded.dashboards.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.kind === 'section' ? part.modules : part)),
  );

const figures = (module: Module) => figuresOf(store, module.dataSet.name, module, { now: Date.parse(NOW) });

/** The cells of the table of a module, by the label of the row. */
async function rowsOf(slug: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const module = modules().find((each) => each.slug === slug);
  if (module === undefined) throw new Error(`there is no module ${slug}`);
  const { rows, columns } = figuresTable(module, await figures(module), 'Europe/London');
  return Object.fromEntries([
    ['', columns],
    ...rows.map((row) => [row.label, row.figures.map(plain)] as const),
  ]);
}

const counted = (sql: string): string[] =>
  Object.values(database.prepare<[], Record<string, number>>(sql).get() ?? {}).map(String);

test('the shipped dashboards load, and show every data set of the shipped jobs', () => {
  expect(loaded.problems).toEqual([]);
  const shown = new Set(modules().map(({ dataSet }) => `${dataSet.data_group}/${dataSet.data_type}`));
  expect([...shown].sort()).toEqual([...dataSets].sort());
});

test('every module has numbers of all its periods, and a year before to be compared with where there is one', async () => {
  for (const module of modules()) {
    const { periods, headline, series } = await figures(module);
    expect(periods, module.slug).toHaveLength(module.duration);
    expect(headline, module.slug).toMatchObject({ period: periods.at(-1) });
    if (module.groupBy !== undefined) expect(series.length, module.slug).toBeGreaterThan(1);
    // Events are kept for 90 days only.
    if (module.slug !== 'received-and-decided') expect(headline?.sinceYearBefore, module.slug).toBeDefined();
  }
});

describe('the numbers are those of the database', () => {
  const OCTOBER = "submitted_on >= '2026-10-01' AND submitted_on < '2026-11-01'";

  test('of the measures', async () => {
    const [digital] = counted(
      `SELECT 1.0 * sum(channel = 'Digital') / count(*) FROM applications WHERE ${OCTOBER}`,
    );
    expect((await rowsOf('digital-take-up'))['October 2026']).toEqual([digital]);
    const [rate] = counted(`SELECT 1.0 * sum(completed) / sum(started) FROM online_journeys
      WHERE started_on BETWEEN '2026-11-16' AND '2026-11-22'`);
    expect((await rowsOf('completion-rate'))['16 to 22 Nov 2026']).toEqual([rate]);
    const [satisfaction] = counted(`SELECT 1.0 * sum((rating - 1) * answers) / sum(answers) / 4
      FROM satisfaction_surveys WHERE answered_on BETWEEN '2026-10-01' AND '2026-10-31'`);
    expect((await rowsOf('user-satisfaction'))['October 2026']).toEqual([satisfaction]);
    const [cost] =
      counted(`SELECT (SELECT sum(pence) FROM running_costs WHERE paid_on BETWEEN '2026-07-01' AND '2026-09-30')
      / 100.0 / (SELECT count(*) FROM applications WHERE submitted_on BETWEEN '2026-07-01' AND '2026-09-30')`);
    expect((await rowsOf('cost-per-transaction'))['July to Sep 2026']?.map(Number)).toEqual([
      expect.closeTo(Number(cost), 9),
    ]);
  });

  test('of channels, one of which appears midway', async () => {
    const rows = await rowsOf('applications-by-channel');
    expect(rows['']).toEqual(['digital', 'paper', 'phone', 'webchat', 'Total']);
    const counts =
      counted(`SELECT sum(channel = 'Digital'), sum(channel = 'Post'), sum(channel = 'Telephone'),
      sum(channel = 'Webchat'), count(*) FROM applications WHERE submitted_on BETWEEN '2026-11-16' AND '2026-11-22'`);
    expect(rows['16 to 22 Nov 2026']).toEqual(counts);
    expect(rows['23 Feb to 1 Mar 2026']?.[3]).toBe('no data');
  });

  test('but for what was not counted, and for so few who wait that somebody might know them', async () => {
    const rates = await rowsOf('completion-rate');
    expect([rates['3 to 9 Aug 2026'], rates['10 to 16 Aug 2026']]).toEqual([['no data'], ['no data']]);
    const waiting = await rowsOf('applications-that-wait-for-a-decision');
    const few = waiting['23 to 29 Mar 2026'];
    expect(few?.[3]).toBe('suppressed');
    expect(few?.[4]).toMatch(/^at least \d+$/);
  });
});
