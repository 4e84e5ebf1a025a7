import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runOnTerminal } from '../support/on-terminal.ts';
import { ServiceOfVisits } from '../support/service-of-visits.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

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
const onTerminal = (args: readonly string[], environment: Record<string, string> = {}, typed = '') =>
  runOnTerminal(service.workplace.folder, args, { columns: 110, environment, typed });

const EIGHT_DAYS = ['run', 'visits', '--from', '2014-06-01', '--to', '2014-06-09'];
const ONE_REFUSED = "CASE id WHEN 4 THEN char(0) ELSE 'fine' END";

test('on a terminal a run is a line that grows, then the table, then what needs somebody', async () => {
  await service.visit(8, ONE_REFUSED);
  const { code, screen } = await onTerminal(EIGHT_DAYS);
  expect(code).toBe(7);
  expect(screen).toMatch(/visits {2}waiting/);
  expect(screen).toMatch(/visits {2}░{24} {2}0\/8 windows {2}0 rows {2}0 rows\/s/);
  expect(screen).not.toContain('PPDB-');
  // The line is gone before the table begins.
  const [, after = ''] = /[\s\S]*␛\[1F␛\[J([\s\S]*)/.exec(screen) ?? [];
  expect(after.split('\r\n').map((line) => line.replace(/\d+\.\d s$/, 'T'))).toEqual([
    expect.stringMatching(/^job +outcome +window +rows +records +dead letters +requests +sent +time$/),
    expect.stringMatching(/^visits +␛\[33mpartial␛\[39m +2014-06-01 → 2014-06-09 +8 +7 +1 .* T$/),
    '',
    '␛[33mvisits␛[39m: 1 dead letter: not delivered, and kept with the reason',
    '  → pp-db-collector dead-letters show visits',
    '',
  ]);
});

test('with --verbose the log stands above the line, each in lines of its own', async () => {
  await service.visit(8, ONE_REFUSED);
  const { code, screen } = await onTerminal([...EIGHT_DAYS, '--verbose'], { NO_COLOR: '1' });
  expect(code).toBe(7);
  expect(screen.match(/window collected and acknowledged/g)).toHaveLength(8);
  expect(screen).toMatch(
    /visits {2}█+░+ {2}[4-7]\/8 windows {2}[4-7] rows {2}\d+ rows\/s(?: {2}about \d+ s left)?\r\n/,
  );
  expect(screen).toMatch(
    /␛\[1F␛\[J\d\d:\d\d:\d\d warning visits {2}a row cannot become a record[^\n]*PPDB-0301\r\n/,
  );
  expect(screen).not.toMatch(/[^\r\nJ]\d\d:\d\d:\d\d [a-z]/);
});

test('a failure is told once, below the table, with the place and the remedy', async () => {
  await service.database.execute('DROP TABLE visits');
  const { code, screen } = await onTerminal(EIGHT_DAYS, { NO_COLOR: '1' });
  expect(code).toBe(4);
  expect(screen.match(/no such table/g)).toHaveLength(1);
  expect(screen).toMatch(
    /␛\[Jjob +outcome[\s\S]*\r\nvisits +failed[\s\S]*\r\n\r\nvisits \(collectors\/visits.yaml\): .*no such table.*\r\n(?: {4}.*\r\n){2} {2}→ /,
  );
});

test('with --quiet nothing but failures is told, on a terminal and elsewhere', async () => {
  await service.visit(8);
  expect(await onTerminal([...EIGHT_DAYS, '--quiet'])).toEqual({ code: 0, screen: '' });
  expect(await service.run(...EIGHT_DAYS, '-q')).toMatchObject({ code: 0, stdout: '', stderr: '' });
  await service.database.execute('DROP TABLE visits');
  const { code, stdout, stderr } = await service.run(...EIGHT_DAYS, '-q');
  expect([code, stdout]).toEqual([4, '']);
  expect(stderr).toMatch(/^\nvisits: .*no such table.*\n(?: {4}.*\n){2} {2}→ /);
  expect(stderr).not.toContain('{');
});

test('a dumb terminal, a dry run and --log-level have the log, and of these only the last a line', async () => {
  await service.visit(8);
  const dumb = await onTerminal(EIGHT_DAYS, { TERM: 'dumb' });
  const dry = await onTerminal([...EIGHT_DAYS, '--dry-run']);
  for (const { code, screen } of [dumb, dry]) {
    expect(code).toBe(0);
    expect(screen).not.toContain(' windows  ');
    expect(screen).toContain('window collected and acknowledged');
  }
  const asked = await onTerminal([...EIGHT_DAYS, '--log-level', 'info']);
  expect(asked.screen).toContain('/8 windows  ');
  expect(asked.screen).toContain('window collected and acknowledged');
});

test('on a terminal a change is asked about', async () => {
  await service.run('state', 'set', 'visits', '--collected-to', '2014-06-05', '--yes');
  const no = await onTerminal(['state', 'reset', 'visits'], {}, '\n');
  expect(no).toMatchObject({ code: 0, screen: expect.stringContaining('nothing was changed') });
  const yes = await onTerminal(['state', 'reset', 'visits'], {}, 'y\n');
  expect(yes).toMatchObject({ code: 0, screen: expect.stringContaining('as if it had never run') });
});
