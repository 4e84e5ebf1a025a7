import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { Workplace } from '../support/program.ts';

let workplace: Workplace;

beforeEach(() => {
  workplace = new Workplace();
});

afterEach(() => workplace.remove());

const JOBS = [
  'application-events',
  'applications-waiting',
  'completion-rate',
  'cost-per-transaction',
  'digital-take-up',
  'transactions-by-channel',
  'user-satisfaction',
];

test('the demonstration brings the records of seven jobs into their data sets and says so', async () => {
  const ended = await workplace.run(['demo', '--once']);
  expect(ended.code, ended.stderr).toBe(0);
  for (const job of JOBS)
    expect(ended.stdout).toMatch(
      new RegExp(`^${job} +succeeded .* [1-9][\\d,]* +\\d{4}-\\d\\d-\\d\\d …`, 'm'),
    );
  expect(ended.stdout).toContain('"_timestamp":');
  expect(ended.stderr).toBe('');
}, 180_000);

test('its files are kept where they are wanted, also when it is stopped in the midst of a job', async () => {
  const { child, ended } = workplace.start(['demo', '--keep', 'kept', '--once', '--log-level', 'info']);
  // The first line of the log is that of a run.
  await Promise.race([once(child.stderr, 'data'), ended]);
  child.kill('SIGTERM');
  const { code, stdout, stderr } = await ended;
  expect(code, stderr).toBe(143);
  expect(stdout).toContain('The files are kept in');
  for (const name of ['config.yaml', 'write-api.yaml', 'benefits.sqlite', '.env']) {
    expect(existsSync(join(workplace.folder, 'kept', name))).toBe(true);
  }
  const again = await workplace.run(['demo', '--keep', 'kept']);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain('holds a demonstration already');
  workplace.write('own/.env', 'TOKEN=mine\n');
  const own = await workplace.run(['demo', '--keep', 'own']);
  expect(own).toMatchObject({ code: 2, stderr: expect.stringContaining('own holds .env already\n') });
  expect(readFileSync(join(workplace.folder, 'own/.env'), 'utf8')).toBe('TOKEN=mine\n');
}, 180_000);

test('it goes on as a daemon and tells last where its dashboard, its page and its write API are', async () => {
  const taken = createServer().listen(3_039, '127.0.0.1');
  // Where another test has it already, it is taken as well.
  await once(taken, 'listening').catch(() => undefined);
  const { child, ended } = workplace.start(['demo', '--open']);
  onTestFinished(() => {
    child.kill('SIGKILL');
    taken.close();
  });
  let told = '';
  while (!/browser/.test(told)) told += (await once(child.stderr, 'data'))[0];
  const [, dashboard = '', page = '', writeApi = ''] =
    /\n\n {2}Dashboard {5}(http:\S+)\n {2}Status page {3}(http:\S+)\n {2}Write API {5}(http:\S+)\n\n/.exec(
      told,
    ) ?? [];
  expect(await (await fetch(page)).text()).toContain(`<a href="${dashboard}">`);
  expect(await (await fetch(dashboard)).text()).toContain('Applications by channel');
  expect(await (await fetch(page)).text()).toContain('transactions-by-channel');
  expect(writeApi).not.toBe('http://127.0.0.1:3039');
  expect(
    (await fetch(`${writeApi}/data/carers-allowance/transactions-by-channel?group_by=channel`)).status,
  ).toBe(200);
  expect(told).toContain('The browser was not opened, because nobody is at a terminal.\n');
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
}, 180_000);

test('a port that is named and taken is told before anything is made, and so are options that exclude each other', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = String((taken.address() as AddressInfo).port);
  workplace.write(
    'write-api.yaml',
    `listen: 127.0.0.1:${port}\ndata_sets: [{ data_group: a, data_type: b, token: "0123456789" }]\n`,
  );
  const [served, inUse, together] = await Promise.all([
    workplace.run(['serve']),
    workplace.run(['demo', '--port', port]),
    workplace.run(['demo', '--once', '--open']),
  ]);
  taken.close();
  expect(served).toMatchObject({ code: 3, stderr: expect.stringContaining('→ Set listen to another') });
  expect(inUse).toMatchObject({
    code: 3,
    stderr: `127.0.0.1:${port} is in use by another process\n  → Name another port with --port, or leave it out to take one that is free.\n`,
  });
  expect(together).toMatchObject({ code: 2, stderr: expect.stringContaining('Leave out --once') });
});
