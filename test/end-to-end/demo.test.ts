import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
  for (const name of ['config.yaml', 'write-api.yaml', 'benefits.sqlite', 'tokens.env']) {
    expect(existsSync(join(workplace.folder, 'kept', name))).toBe(true);
  }
  const again = await workplace.run(['demo', '--keep', 'kept']);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain('holds a demonstration already');
}, 180_000);
