import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadWriteApiConfig } from '../../src/config/load-write-api-config.ts';
import { formatProblem, type Problem } from '../../src/config/problem.ts';
import { CONFIG, folderOf, JOB, load } from './folder.ts';

const SHADOW = 'root:$6$hunter2$hunter2:19000:0:99999:7:::\nhttp:!hunter2:19000::::::\n';
const FOREIGN = {
  shadow: SHADOW,
  list: '- hunter2: x\n- [hunter2\n',
  'key-of-ssh': '-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2: {\n',
  environment: 'DATABASE_URL=postgres://u:hunter2@h\nPASSWORD=hunter2\n',
  'other.yaml': 'github.com:\n  user: hunter2\n  oauth: &hunter2 hunter2\n',
  'broken.yaml': 'github.com:\n  user: "hunter2\n',
  'text.sql': 'hunter2 :hunter2; hunter2\n',
  'comment.sql': '# hunter2\n',
};
const QUERY_FILE = (path: string) => JOB.replace(/query: \|\n.*\n/, `query_file: ${path}\n`);

const told = (problems: readonly Problem[]): string =>
  problems.map((problem) => formatProblem(problem, { excerpt: true })).join('\n');

/** A folder `conf` with the configuration and `other` with the foreign files beside it. */
function beside(files: Readonly<Record<string, string>> = {}): string {
  const others = Object.entries(FOREIGN).map(([name, text]) => [`other/${name}`, text]);
  const folder = folderOf({
    'conf/config.yaml': CONFIG,
    'conf/collectors/good.yaml': JOB,
    ...Object.fromEntries(others),
    ...files,
  });
  return join(folder, 'conf');
}

describe.each(Object.keys(FOREIGN))('nothing is repeated of another file (%s)', (name) => {
  test('that is named as the configuration', () => {
    const { problems, config } = load(folderOf({ 'config.yaml': FOREIGN[name as keyof typeof FOREIGN] }));
    expect(config).toBeUndefined();
    expect(told(problems)).toMatch(
      /config\.yaml:1:1 {2}expected (?:a config\.yaml, got a file without any of its keys|.* got an empty file)/,
    );
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  test('that is named as the configuration of serve', () => {
    const currentDirectory = folderOf({ 'write-api.yaml': FOREIGN[name as keyof typeof FOREIGN] });
    const { problems } = loadWriteApiConfig('write-api.yaml', { environment: {}, currentDirectory });
    expect(told(problems)).toMatch(
      /expected the configuration of serve, got a file without any|an empty file/,
    );
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  test('that a link makes a job', () => {
    const folder = beside();
    symlinkSync(`../../other/${name}`, join(folder, 'collectors/stray.yaml'));
    const { problems, config, rejectedJobs } = load(folder);
    expect(config?.jobs.map((job) => job.name)).toEqual(['good']);
    expect(rejectedJobs.map((job) => job.name)).toEqual(['stray']);
    expect(told(problems)).toContain(
      'collectors/stray.yaml:1:1  expected a readable file, got one outside of the folder of config.yaml, which allow_outside: true',
    );
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  test('that a link makes a job, where that is accepted', () => {
    const folder = beside({ 'conf/config.yaml': `${CONFIG}allow_outside: true\n` });
    symlinkSync(`../../other/${name}`, join(folder, 'collectors/stray.yaml'));
    const { problems } = load(folder);
    expect(told(problems)).toMatch(
      /expected a job file, got a file without any of its keys; known are: descr|an empty file/,
    );
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  test('that is named as a query', () => {
    const folder = beside({ 'conf/collectors/stray.yaml': QUERY_FILE(`../../other/${name}`) });
    expect(told(load(folder).problems)).toMatch(
      /stray\.yaml:10:13 {2}query_file: expected a readable file, got one outside/,
    );
    writeFileSync(join(folder, 'config.yaml'), `${CONFIG}allow_outside: true\n`);
    const { problems } = load(folder);
    expect(told(problems)).toMatch(
      name === 'comment.sql'
        ? /stray\.yaml:10:13 {2}query: expected a query that compares its rows with both ends of the window/
        : /stray\.yaml:10:13 {2}query_file: expected a file with a query, which begins with SELECT or WITH, got/,
    );
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });
});

describe('files', () => {
  test('of a folder that a link leads outside are not read', () => {
    const folder = beside();
    renameSync(join(folder, 'collectors'), join(folder, '../elsewhere'));
    symlinkSync('../elsewhere', join(folder, 'collectors'));
    expect(told(load(folder).problems)).toContain(
      'collectors: expected a folder of job files, got one outside of the folder of config.yaml, which allow_outside: true in config.yaml would accept',
    );
    writeFileSync(join(folder, 'config.yaml'), `${CONFIG}allow_outside: true\n`);
    expect(load(folder)).toMatchObject({ problems: [], config: { jobs: [{ name: 'good' }] } });
  });

  test('of a folder that config.yaml names outside are, but not what they link to beyond it', () => {
    const folder = beside({ 'conf/config.yaml': `${CONFIG}collectors: ../jobs\n`, 'jobs/one.yaml': JOB });
    mkdirSync(join(folder, '../jobs/sql'));
    symlinkSync('../other/shadow', join(folder, '../jobs/two.yaml'));
    const { config, rejectedJobs } = load(folder);
    expect([config?.jobs.map(({ name }) => name), rejectedJobs.map(({ name }) => name)]).toEqual([
      ['one'],
      ['two'],
    ]);
  });

  test('may be links within the folder, as those of a ConfigMap are', () => {
    const folder = beside({
      'conf/..2026_11_27/two.yaml': JOB,
      'conf/..2026_11_27/defaults.yaml': 'enabled: true\n',
    });
    symlinkSync('..2026_11_27', join(folder, '..data'));
    for (const name of ['two.yaml', 'defaults.yaml'])
      symlinkSync(`../..data/${name}`, join(folder, 'collectors', name));
    const { problems, config } = load(folder);
    expect([problems, config?.jobs.map(({ name }) => name)]).toEqual([[], ['good', 'two']]);
  });

  test('with a mistake in their YAML are quoted when one of our keys is in them', () => {
    const { problems } = load(folderOf({ 'config.yaml': 'databases:\n  one: [\n' }));
    expect(problems[0]?.excerpt).toEqual([
      { line: 2, text: '  one: [' },
      { line: 3, text: '' },
    ]);
  });
});
