import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ServiceOfVisits } from '../support/service-of-visits.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');
const DAYS = 30;
const SPAN = ['--from', '2014-06-01', '--to', '2014-07-01'];
const RUN = ['run', 'visits', ...SPAN];

let api: RunningWriteApi;
let service: ServiceOfVisits;

beforeEach(async () => {
  api = await startWriteApi();
  service = await ServiceOfVisits.open(api.url);
});

afterEach(async () => {
  await service.close();
  await api.close();
});

const storedIds = async () => (await api.stored()).map(({ id }) => Number(id)).sort((a, b) => a - b);
const ALL = Array.from({ length: DAYS }, (_, index) => index + 1);

interface Summary {
  readonly outcome: string;
  readonly rows: number;
  readonly window: { readonly from: string; readonly to: string };
}

async function summary(...args: string[]): Promise<Summary> {
  const [first] = await service.json<Summary[]>(...RUN, ...args);
  if (first === undefined) throw new Error('no summary');
  return first;
}

test('a span that a killed process left is gone on with by --resume, and nothing is missing', async () => {
  await service.visit(DAYS);
  const { child, ended } = service.workplace.start(RUN);
  while ((await storedIds()).length < 5 && child.exitCode === null) await delay(20);
  child.kill('SIGKILL');
  await ended;
  const before = (await storedIds()).length;
  expect(before).toBeLessThan(DAYS);
  const resumed = await summary('--resume');
  expect(resumed.outcome).toBe('succeeded');
  // The last window may have been stored and not yet remembered.
  expect([DAYS - before, DAYS - before + 1]).toContain(resumed.rows);
  expect(Date.parse(resumed.window.from)).toBeGreaterThan(Date.parse('2014-06-04'));
  expect(await storedIds()).toEqual(ALL);
  const [standing] = await service.json<{ collected_to: string | null }[]>('state', 'show', 'visits');
  expect(standing?.collected_to).toBeNull();
  expect((await summary('--resume')).outcome).toBe('empty');
}, 60_000);

test('a span that stops early says how to go on, and a log line tells of each window before', async () => {
  await service.visit(DAYS, "CASE id WHEN 7 THEN char(0) ELSE 'fine' END");
  service.workplace.write(
    'collectors/visits.yaml',
    `database: service
data_set: { data_group: test, data_type: applications, token: the-token }
window: { period: day, max_periods: 2 }
max_dead_letters: 0
query: SELECT day, id, note FROM visits WHERE day >= :from_date AND day < :to_date ORDER BY id
record: { timestamp: day, id: [_timestamp, id] }
`,
  );
  const { code, stderr } = await service.run(...RUN);
  expect(code).toBe(3);
  expect(stderr.match(/PPDB-0102/g)).toHaveLength(3);
  expect(stderr).toContain(
    'visits: the span is not collected to its end; to go on where it stopped:\n  pp-db-collector run visits --from 2014-06-01 --to 2014-07-01 --resume\n',
  );
  await service.database.execute("UPDATE visits SET note = 'fine'");
  const resumed = await summary('--resume');
  expect(resumed).toMatchObject({ outcome: 'succeeded', rows: 24 });
  expect(await storedIds()).toEqual(ALL);
});

/** What a terminal of 110 columns gets to see. */
async function onTerminal(args: readonly string[], environment: Record<string, string> = {}, typed = '') {
  const command = `stty cols 110; exec ${process.execPath} ${MAIN} ${args.join(' ')}`;
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: service.workplace.folder,
    env: { PATH: process.env.PATH, TERM: 'xterm', ...environment },
  });
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text.replaceAll('\u001b', '␛');
    if (typed !== '' && screen.includes('[y/N]')) child.stdin.end(typed);
  });
  const [code] = await once(child, 'close');
  return { code, screen };
}

test('on a terminal a bar shows how far it is, below the lines of the log', async () => {
  await service.visit(8, "CASE id WHEN 4 THEN char(0) ELSE 'fine' END");
  const { code, screen } = await onTerminal(['run', 'visits', '--from', '2014-06-01', '--to', '2014-06-09']);
  expect(code).toBe(7);
  expect(screen).toMatch(/visits \[-+\] 0\/8 windows, 0 rows, 0 rows\/s, \? left/);
  expect(screen).toMatch(/visits \[=+-+\] [4-7]\/8 windows, [4-7] rows, \d+ rows\/s, \d+\.\d s left/);
  expect(screen).not.toContain('PPDB-0102');
  // The line of the log begins where the bar was wiped away, and the bar goes on in a line of its own.
  expect(screen).toMatch(/␛\[1G␛\[2K\[[^\n]*kept as a dead letter[^\n]*PPDB-0301[^\n]*\n[^\n]*visits \[/);
  expect(screen).not.toContain('--resume');
});

test('a dumb terminal, a short run and a dry run have no bar', async () => {
  await service.visit(8);
  const span = ['run', 'visits', '--from', '2014-06-01', '--to', '2014-06-09'];
  const dumb = await onTerminal(span, { TERM: 'dumb' });
  const short = await onTerminal(['run', 'visits', '--from', '2014-06-01', '--to', '2014-06-03']);
  const dry = await onTerminal([...span, '--dry-run']);
  for (const { code, screen } of [dumb, short, dry]) {
    expect(code).toBe(0);
    expect(screen).not.toContain(' windows, ');
    expect(screen).toContain('PPDB-0102');
  }
});

test('on a terminal a change is asked about', async () => {
  await service.run('state', 'set', 'visits', '--collected-to', '2014-06-05', '--yes');
  const no = await onTerminal(['state', 'reset', 'visits'], {}, '\n');
  expect(no).toMatchObject({ code: 0, screen: expect.stringContaining('nothing was changed') });
  const yes = await onTerminal(['state', 'reset', 'visits'], {}, 'y\n');
  expect(yes).toMatchObject({ code: 0, screen: expect.stringContaining('as if it had never run') });
});
