import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { processTerminal } from '../../src/cli/shell/terminal.ts';
import { ConfiguredStations } from '../../src/cli/wiring.ts';
import { completeJob } from '../../src/collect/complete-job.ts';
import { fingerprintOf } from '../../src/collect/fingerprint.ts';
import { cursorQuery, exampleQuery, windowQuery, windowRules } from '../../src/collect/queries.ts';
import type { Config, CursorJob, Job, WindowJob } from '../../src/config/config.ts';
import { type LoadedConfig, loadConfig } from '../../src/config/load-config.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { nextTicks } from '../../src/cron/cron.ts';
import { hasWindows, MODES, standsAtRow } from '../../src/model/mode.ts';
import type { Column, ColumnKind, RawValue } from '../../src/model/row.ts';
import { compileRecords, type RecordRules } from '../../src/records/compile-records.ts';
import { compileCursor, NoPositionError } from '../../src/records/cursor.ts';
import { idPartsOf } from '../../src/records/id-parts.ts';
import { MappingError, NotARecordError } from '../../src/records/not-a-record.ts';
import { windowsOwed } from '../../src/schedule/window.ts';
import { dialectOf } from '../../src/sources/dialects.ts';
import { createStatement } from '../../src/sources/statement.ts';
import { edited, seeded } from '../config/edits.ts';

const EDITS = Number(process.env.FUZZ_EDITS ?? 10_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_150_101);
const ROOT = resolve(import.meta.dirname, '../..');
const NOW = Date.UTC(2026, 10, 22, 12);
const LONGEST = 1_000;

/** In memory where the system has such a folder. */
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'pp-db-collector-fuzz-'));

const RICH_JOB = `
description: &text every key
enabled: true
database: benefits
schedule: "*/5 6-18 * JAN-NOV MON-FRI"
jitter: 30s
timeout: 1h
data_set: { data_group: carers-allowance, data_type: a_b, token: "\${file:token}" }
window: { period: hour, lookback: 2, start: 2024-01-01, delay: 5m, max_periods: 100, include_current: true, allow_outside: true }
query: SELECT day, channel, count FROM t WHERE day >= :from_date AND day < :to_date
record:
  timestamp: { column: day, format: dd/MM/yyyy }
  id: { fields: [_timestamp, channel], style: base64, separator: "-" }
  fields:
    channel: { column: channel, as: string, case: lower, map: { post: paper, "1": 2 }, default: other }
    count: { column: count, as: integer }
    amount: { column: amount, as: number }
    is_new: { column: is_new, as: boolean }
    when: { column: when, as: datetime }
    constant: { value: *text }
expect: { min_rows: 1 }
max_dead_letters: 0
`;

const CURSOR_JOB = `
description: every key of a cursor job
database: benefits
timeout: 5m
data_set: { data_group: carers-allowance, data_type: events, token: "\${file:token}" }
cursor:
  columns: [updated_at, event_id]
  start: [2015-01-01T00:00:00Z, "9007199254740993"]
  lag: 5m
  max_rows: 1000
query: |
  SELECT updated_at, event_id, channel, amount FROM events
  WHERE (updated_at, event_id) > (:updated_at, :event_id) AND updated_at <= :until
  ORDER BY updated_at, event_id
record:
  timestamp: updated_at
  id: [_timestamp, event_id]
  fields: { event_id: event_id, channel: channel, amount: amount }
  suppress: { fields: [amount], below: 5, replace_with: -1, zero: true, mark: true }
`;

const SNAPSHOT_JOB = `
description: every key of a snapshot job
database: benefits
data_set: { data_group: carers-allowance, data_type: waiting, token: "\${file:token}", replace: true }
snapshot: { period: day, keep_pending: 7d }
query: SELECT channel, waiting FROM waiting_by_channel
record:
  id: [_timestamp, channel]
  suppress: { fields: [waiting], below: 5 }
expect: { min_rows: 1 }
`;

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const jobs = readdirSync(join(ROOT, 'collectors')).map((name) => read(`collectors/${name}`));
const JOBS = [
  read('test/config/good/collectors/transactions.yaml'),
  RICH_JOB,
  CURSOR_JOB,
  SNAPSHOT_JOB,
  ...jobs,
];
const CONFIGS = [read('test/config/good/config.yaml'), read('config.example.yaml')];
const PATHS = { job: 'collectors/job.yaml', config: 'config.yaml' } as const;
const [GOOD_JOB = '', GOOD_CONFIG = ''] = [JOBS[0], CONFIGS[0]];

const ENVIRONMENT = Object.fromEntries(
  [...JOBS, ...CONFIGS]
    .flatMap((text) => [...text.matchAll(/\$\{(\w+)[}:]/g)])
    .map(([, name]) => [
      name,
      name?.includes('URL') ? 'postgres://user:hunter2@localhost/benefits' : 'hunter2',
    ]),
);

interface Case {
  readonly kind: keyof typeof PATHS;
  readonly original: string;
  readonly text: string;
  readonly number: number;
}

beforeAll(() => {
  mkdirSync(join(folder, 'collectors'));
  writeFileSync(join(folder, 'collectors/token'), 'hunter2\n', { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

const load = (): LoadedConfig =>
  loadConfig('config.yaml', { environment: ENVIRONMENT, currentDirectory: folder });

function* cases(): Generator<Case> {
  for (let number = 0; number < EDITS; number++) {
    const random = seeded(SEED + number);
    const kind = number % 4 === 0 ? 'config' : 'job';
    const originals = kind === 'config' ? CONFIGS : JOBS;
    const original = originals[Math.floor(random() * originals.length)] ?? '';
    yield { kind, original, text: edited(original, random), number };
  }
}

/** Runs a step and says with which edit it failed, or took too long. */
async function step<T>({ kind, text, number }: Case, name: string, work: () => T): Promise<Awaited<T>> {
  const about = () => `${name} after edit ${number} of FUZZ_SEED=${SEED}; ${PATHS[kind]} is:\n${text}`;
  const startedAt = performance.now();
  try {
    return await work();
  } catch (error) {
    throw new Error(`failed: ${about()}`, { cause: error });
  } finally {
    const took = performance.now() - startedAt;
    if (took > LONGEST) expect.fail(`took ${took} ms: ${about()}`);
  }
}

test('the files that are edited have no mistakes', () => {
  for (const [kind, texts] of [
    ['job', JOBS],
    ['config', CONFIGS],
  ] as const) {
    write(PATHS.job, GOOD_JOB);
    write(PATHS.config, GOOD_CONFIG);
    for (const text of texts) {
      write(PATHS[kind], text);
      const { problems } = load();
      expect(
        problems.filter(({ severity }) => severity === 'error').map((each) => formatProblem(each)),
      ).toEqual([]);
    }
  }
});

test(`${EDITS} random edits never make the loader fail or hang, nor accept what cannot run`, {
  timeout: 60_000 + EDITS * 10,
}, async () => {
  const accepted = { job: 0, config: 0 };
  write(PATHS.config, GOOD_CONFIG);
  for (const each of cases()) {
    write(PATHS[each.kind], each.text);
    if (each.kind === 'config') write(PATHS.job, GOOD_JOB);
    const { config, problems, rejectedJobs } = await step(each, 'loading', load);
    await step(each, 'telling', () => problems.map((problem) => formatProblem(problem, { excerpt: true })));
    // What is left out without a word is neither accepted nor refused.
    if (config === undefined || rejectedJobs.length > 0) {
      expect(problems.filter(({ severity }) => severity === 'error')).not.toEqual([]);
    }
    if (config !== undefined && each.kind === 'config') await step(each, 'wiring', () => wire(config));
    for (const job of config?.jobs ?? []) await step(each, 'running', () => run(job, each.number));
    if (config?.jobs.length === 1) accepted[each.kind]++;
    if (each.kind === 'config') write(PATHS.config, GOOD_CONFIG);
  }
  // Edits that are always refused would prove nothing about what is accepted.
  expect(accepted.job).toBeGreaterThan(EDITS / 20);
  expect(accepted.config).toBeGreaterThan(EDITS / 50);
});

/** Does what a run does before it connects. */
async function wire(config: Config): Promise<void> {
  const terminal = { ...processTerminal(false), environment: {} };
  const stations = new ConfiguredStations({ config, terminal, logger: pino({ level: 'silent' }) });
  for (const job of config.jobs) stations.routeOf(job);
  for (const { connection } of Object.values(config.databases)) JSON.stringify(connection);
  await stations.close();
}

/** Does what a run does with a job, with columns of all kinds. */
function run(job: Job, variant: number): void {
  expect(job.data_set.token.reveal()).not.toBe('');
  if (job.schedule !== undefined) {
    expect(nextTicks(job.schedule, job.timezone, new Date(NOW), 3).length).toBeGreaterThan(0);
  }
  expect(MODES.filter((mode) => mode in job)).toEqual([job.mode]);
  const { query, rules } = exampleQuery(job, NOW, CLOCK);
  createStatement('benefits', query, DIALECT, CLOCK.zone);
  encode(job, rules, variant);
  if (hasWindows(job)) runWindows(job, variant);
  if (standsAtRow(job)) follow(job, variant);
}

const CLOCK = { zone: 'UTC', ambiguous: undefined };
const DIALECT = dialectOf('pg');

function runWindows(job: WindowJob, variant: number): void {
  const first = windowsOwed(job.window, job.timezone, NOW, undefined);
  const later = windowsOwed(job.window, job.timezone, NOW, NOW - 40 * 86_400_000);
  for (const window of [first.at(0), later.at(-1)]) {
    if (window === undefined) continue;
    windowQuery(job, window);
    encode(job, windowRules(job, window, CLOCK), variant);
  }
}

function follow(job: CursorJob, variant: number): void {
  const columns = columnsOf(job, variant);
  try {
    const position = compileCursor(job.cursor.columns, columns).valuesOf(rowOf(columns));
    createStatement('benefits', cursorQuery(job, position, NOW), DIALECT, CLOCK.zone);
  } catch (error) {
    if (!(error instanceof MappingError || error instanceof NoPositionError)) throw error;
  }
}

function encode(job: Job, rules: RecordRules, variant: number): void {
  const columns = columnsOf(job, variant);
  try {
    const complete = completeJob(job, columns);
    JSON.parse(fingerprintOf(complete, 'UTC'));
    JSON.parse(compileRecords(complete.record, columns, rules).encode(rowOf(columns)).json);
  } catch (error) {
    if (!(error instanceof MappingError || error instanceof NotARecordError)) throw error;
  }
}

const rowOf = (columns: readonly Column[]): RawValue[] => columns.map(({ kind }) => SAMPLES[kind]);

const SAMPLES: Readonly<Record<ColumnKind, RawValue>> = {
  text: 'Post',
  integer: '12',
  decimal: '1.50',
  float: '0.1',
  date: '2026-11-21',
  boolean: 't',
  'padded-text': 'a  ',
  'local-datetime': '2026-11-21 00:00:00',
  instant: '2026-11-21 00:00:00+00',
  dynamic: 5n,
  unsupported: null,
};
const KINDS = Object.keys(SAMPLES) as ColumnKind[];
const DATE_KINDS: readonly ColumnKind[] = ['date', 'local-datetime', 'instant', 'text'];

/** A column for each that the job names; which kinds they are is another for each variant. */
function columnsOf(job: Job, variant: number): Column[] {
  const { record } = job;
  const ordering = standsAtRow(job) ? job.cursor.columns : [];
  const timestamp = typeof record.timestamp === 'string' ? record.timestamp : record.timestamp?.column;
  const id = idPartsOf(record.id ?? []).flatMap((part) => (part.kind === 'value' ? [] : part.name));
  const fields = Object.values(record.fields ?? {}).flatMap((field) => {
    if (typeof field === 'string') return [field];
    return 'column' in field ? [field.column] : [];
  });
  const others = [...id, ...fields, ...(record.omit ?? []), ...ordering];
  const names = [...new Set([timestamp ?? [], others].flat())];
  return names.map((name, index) => {
    const kinds = name === timestamp ? DATE_KINDS : KINDS;
    const kind = kinds[(index + variant) % kinds.length] ?? 'text';
    return { name, type: kind, kind };
  });
}
