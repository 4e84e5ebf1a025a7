import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Workplace } from '../support/program.ts';

const FILES = ['config.yaml', 'collectors/first-job.yaml', 'schema/config.json', 'schema/job.json'];
const environment = { DATABASE_URL: 'postgres://collector@localhost/service', FIRST_JOB_TOKEN: 'a-token' };

let workplace: Workplace;

beforeEach(() => {
  workplace = new Workplace();
});

afterEach(() => workplace.remove());

const textOf = (...path: string[]) => readFileSync(join(workplace.folder, ...path), 'utf8');

test('init makes files without mistakes, once the variables that it names are set', async () => {
  const made = await workplace.run(['init']);
  expect(made, made.stderr).toMatchObject({ code: 0, stderr: '' });
  for (const file of FILES) expect(made.stdout).toContain(`wrote ${file}\n`);
  const suggested = [...made.stdout.matchAll(/^ {2}pp-db-collector (.*)$/gm)].map(([, command]) => command);
  expect(suggested).toEqual(['check', 'preview first-job', 'run first-job']);

  const good = await workplace.run(['check', '--offline'], { environment });
  expect(good.code, good.stdout + good.stderr).toBe(0);
  expect(good.stdout + good.stderr).not.toMatch(/warning|expected/);

  const wanting = await workplace.run(['check', '--offline']);
  expect(wanting.code).toBe(3);
  for (const name of Object.keys(environment)) {
    expect(made.stdout).toContain(name);
    expect(wanting.stdout + wanting.stderr).toContain(`environment variable ${name} to be set`);
  }
});

test('init --with-dashboard adds one, and what serve needs to show it', async () => {
  const made = await workplace.run(['init', '--with-dashboard']);
  expect(made, made.stderr).toMatchObject({ code: 0, stderr: '' });
  for (const file of ['dashboards/my-service.yaml', 'write-api.yaml', 'schema/dashboard.json'])
    expect(made.stdout).toContain(`wrote ${file}\n`);
  expect(made.stdout).toContain('the dashboard is at http://127.0.0.1:3039/dashboards/my-service\n');
  expect(textOf('config.yaml')).toMatch(/^ {2}url: http:\/\/127.0.0.1:3039 /m);
  const checked = await workplace.run(['check', '--offline'], { environment });
  expect(checked, checked.stdout + checked.stderr).toMatchObject({ code: 0 });
  expect(checked.stdout).toContain('write-api.yaml, 1 data set and 1 dashboard');
});

test('the hints in the first lines lead editors to the schemas', async () => {
  await workplace.run(['init', 'new/folder']);
  for (const file of ['config.yaml', 'collectors/first-job.yaml']) {
    const text = textOf('new/folder', file);
    const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
    const document = JSON.parse(textOf('new/folder', file, '..', schema));
    expect(document.title).toContain(file === 'config.yaml' ? 'config.yaml' : 'a job');
  }
});

test('init keeps what is there already, byte for byte, and says so', async () => {
  writeFileSync(join(workplace.folder, 'config.yaml'), '# mine\n');
  const ended = await workplace.run(['init', '.']);
  expect(ended.code).toBe(0);
  expect(ended.stdout).toContain('kept  config.yaml, which was there already\n');
  expect(ended.stdout).toContain('wrote collectors/first-job.yaml\n');
  expect(textOf('config.yaml')).toBe('# mine\n');
  const again = await workplace.run(['init', '.']);
  expect(again.code).toBe(0);
  expect(again.stdout).not.toContain('wrote');
});

test('a folder that cannot be is told in one sentence, with what to do', async () => {
  mkdirSync(join(workplace.folder, 'taken'));
  writeFileSync(join(workplace.folder, 'taken', 'collectors'), 'a file');
  const ended = await workplace.run(['init', 'taken']);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/^cannot write .*first-job\.yaml: .*\n {2}→ Name a folder .*\n$/);
});
