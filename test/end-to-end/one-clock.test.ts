import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServiceOfVisits } from '../support/service-of-visits.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

// A job of Tokyo, in a configuration of Honolulu, on a machine in New York.
const CLOCK = 'Pacific/Honolulu';
const JOB = 'collectors/visits.yaml';
const environment = { TZ: 'America/New_York' };

let api: RunningWriteApi;
let service: ServiceOfVisits;

beforeAll(async () => {
  api = await startWriteApi();
  service = await ServiceOfVisits.open(api.url);
  const { workplace } = service;
  const read = (file: string) => readFileSync(join(workplace.folder, file), 'utf8');
  workplace.write('config.yaml', `${read('config.yaml')}schedule: { timezone: ${CLOCK} }\n`);
  workplace.write(JOB, `${read(JOB)}timezone: Asia/Tokyo\nschedule: 0 3 * * *\n`);
  await service.visit(3, "CASE id WHEN 2 THEN char(0) ELSE 'fine' END");
  const span = ['--from', '2014-06-01', '--to', '2014-06-04'];
  const { code, stdout, stderr } = await workplace.run(['run', 'visits', ...span], { environment });
  expect(code, stderr).toBe(7);
  expect(stdout).toContain(' 2014-06-01 → 2014-06-04 (Asia/Tokyo) ');
});

afterAll(async () => {
  await service.close();
  await api.close();
});

const printed = async (...args: string[]) => (await service.workplace.run(args, { environment })).stdout;

/** `2026-11-27 21:00` on the clock of the configuration. */
const onClock = (iso = '') =>
  new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone: CLOCK }).format(
    new Date(iso),
  );

const OWN_DAYS = '2014-06-01 → 2014-06-04 (Asia/Tokyo)';

test('jobs tells the next runs of all jobs by the clock of the configuration, whose name is their heading', async () => {
  const [job] = await service.json<{ next_runs: string[] }[]>('jobs');
  const table = await printed('jobs', '--next', '1');
  expect(table).toMatch(/^job .* next runs \(Pacific\/Honolulu\) +last outcome/);
  // It is three in the morning in Tokyo.
  expect(onClock(job?.next_runs[0])).toMatch(/ 08:00$/);
  expect(table).toContain(` ${onClock(job?.next_runs[0])} `);
});

test('jobs NAME and state show name the clock, and the zone of the days of a job that has another one', async () => {
  const [run] = await service.json<{ started_at: string }[]>('history');
  const details = await printed('jobs', 'visits');
  expect(details).toContain(
    '  time zone        Asia/Tokyo, by which it is scheduled and its periods begin\n',
  );
  expect(details).toContain(`  times in         ${CLOCK}\n`);
  expect(details).toContain(`  last run         ${onClock(run?.started_at)}, partial, `);
  const state = await printed('state', 'show');
  expect(state).toContain(`  collected     ${OWN_DAYS}\n`);
  expect(state).toContain(`  last run      ${onClock(run?.started_at)}, partial\n`);
  expect(state).toContain(`  times in      ${CLOCK}\n`);
});

test('history has the beginnings of runs by the clock, and their windows by the days of the job', async () => {
  const [run] = await service.json<{ started_at: string }[]>('history');
  const table = await printed('history');
  expect(table).toMatch(/^started \(Pacific\/Honolulu\) /);
  expect(table).toContain(`\n${onClock(run?.started_at)}:`);
  expect(table).toContain(` ${OWN_DAYS} `);
});

test('dead letters were seen by the clock', async () => {
  const [letter] = await service.json<{ first_seen: string }[]>('dead-letters', 'list');
  const list = await printed('dead-letters', 'list');
  expect(list).toMatch(/ first seen \(Pacific\/Honolulu\) +last seen \(Pacific\/Honolulu\) +reason\n/);
  expect(list).toContain(` ${onClock(letter?.first_seen)} `);
  const shown = await printed('dead-letters', 'show');
  expect(shown).toContain('  collected   2014-06-02 → 2014-06-03 (Asia/Tokyo)\n');
  expect(shown).toContain(`  first seen  ${onClock(letter?.first_seen)}\n`);
  expect(shown).toContain(`  times in    ${CLOCK}\n`);
});

test('what is going to come of a change is told in the days of the job', async () => {
  const { stderr } = await service.workplace.run(['state', 'set', 'visits', '--collected-to', '2014-06-02']);
  expect(stderr).toContain('the next run collects from 2014-06-02 (Asia/Tokyo) to ');
});
