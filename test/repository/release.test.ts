import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const SCRIPT = join(ROOT, 'scripts/release.ts');
const CHANGELOG = `# Changelog

## Unreleased

- Something is better.

### In a corner

- # is no heading here.

## 1.2.3 (2026-01-02)

- Something else was better.
`;

/** A clone of this repository whose last release was 1.2.3. */
let clone: string;
let released: string;

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'release-'));
  execFileSync('git', ['clone', '--quiet', '--no-tags', ROOT, clone], { stdio: 'ignore' });
  write('CHANGELOG.md', CHANGELOG);
  for (const file of ['package.json', 'package-lock.json', 'deploy/kubernetes/stateful-set.yaml'])
    write(
      file,
      read(file).replaceAll(/("version": |pp-db-collector:|io\/version: )("?)\d+\.\d+\.\d+/g, '$1$21.2.3'),
    );
  git('commit', '--quiet', '--all', '--message', 'Release 1.2.3');
  released = git('rev-parse', 'HEAD');
});

beforeEach(() => {
  git('checkout', '--quiet', '--force', '-B', 'main', released);
  git('clean', '--quiet', '--force', '-d');
  const tags = git('tag').split('\n').filter(Boolean);
  if (tags.length > 0) git('tag', '--delete', ...tags);
  git('tag', 'v1.2.3');
});

afterAll(() => rmSync(clone, { recursive: true }));

const read = (file: string) => readFileSync(join(clone, file), 'utf8');
const write = (file: string, text: string) => writeFileSync(join(clone, file), text);

const SOMEBODY = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
  [`GIT_${role}_NAME`, 'Somebody'],
  [`GIT_${role}_EMAIL`, 'somebody@example.org'],
]);
const env = { ...process.env, ...Object.fromEntries(SOMEBODY) };

const git = (...args: string[]) => execFileSync('git', args, { cwd: clone, env, encoding: 'utf8' }).trim();

const release = (...args: string[]) =>
  spawnSync(process.execPath, [SCRIPT, ...args], { cwd: clone, env, encoding: 'utf8' });

describe('a release', () => {
  test.for([
    ['patch', '1.2.4'],
    ['minor', '1.3.0'],
    ['major', '2.0.0'],
    ['1.10.0', '1.10.0'],
  ] as const)('of %s has its version, its heading in the changelog and its tag', ([wanted, version]) => {
    expect(release(wanted)).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining('git push'),
    });

    expect(JSON.parse(read('package.json')).version).toBe(version);
    const lock = JSON.parse(read('package-lock.json'));
    expect([lock.version, lock.packages[''].version]).toEqual([version, version]);
    const workload = read('deploy/kubernetes/stateful-set.yaml');
    expect(workload).toContain(`image: pp-db-collector:${version}\n`);
    expect(workload).toContain(`app.kubernetes.io/version: ${version}\n`);
    const today = new Date().toISOString().slice(0, 10);
    expect(read('CHANGELOG.md')).toBe(
      CHANGELOG.replace('## Unreleased\n', `## Unreleased\n\n## ${version} (${today})\n`),
    );
    expect(git('status', '--porcelain')).toBe('');
    expect(git('log', '--format=%s', 'v1.2.3..main')).toBe(`Release ${version}`);
    expect(git('rev-parse', `v${version}^{commit}`)).toBe(git('rev-parse', 'main'));
    expect(git('tag', '--list', '--format=%(contents)', `v${version}`)).toBe(
      `${version}\n\n- Something is better.\n\n### In a corner\n\n- # is no heading here.`,
    );
  });

  test('of the version that package.json has is possible as long as it was not tagged', () => {
    git('tag', '--delete', 'v1.2.3');
    expect(release('1.2.3')).toMatchObject({ status: 0 });
    expect(git('tag')).toBe('v1.2.3');
  });
});

describe('nothing is released or changed', () => {
  const refused = (because: string, ...args: string[]) => {
    const before = [git('rev-parse', 'HEAD'), git('status', '--porcelain'), git('tag')];
    expect(release(...args)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining(because),
    });
    expect([git('rev-parse', 'HEAD'), git('status', '--porcelain'), git('tag')]).toEqual(before);
  };

  const commit = () => git('commit', '--quiet', '--all', '--message', 'Change');

  test('when the changelog tells of no change', () => {
    write(
      'CHANGELOG.md',
      `# Changelog\n\n## Unreleased\n\n${CHANGELOG.slice(CHANGELOG.indexOf('## 1.2.3'))}`,
    );
    commit();
    refused('tells of no change', 'patch');
  });

  test('when the changelog has no place for changes', () => {
    write('CHANGELOG.md', CHANGELOG.replace('## Unreleased', '## Some day'));
    commit();
    refused('no heading "## Unreleased"', 'patch');
  });

  test('when something is not committed', () => {
    write('README.md', 'changed');
    refused('not committed', 'patch');
  });

  test('when a file is not known to git', () => {
    write('new.txt', 'new');
    refused('not committed', 'patch');
  });

  test('on another branch', () => {
    git('checkout', '--quiet', '-b', 'better');
    refused('this is better', 'patch');
  });

  test.for([
    [[], 'say which version'],
    [['tiny'], 'say which version'],
    [['v1.3.0'], 'say which version'],
    [['1.2.2'], 'older than 1.2.3'],
    [['1.2.3'], 'v1.2.3 was released already'],
  ] as const)('with the arguments %j', ([args, because]) => refused(because, ...args));
});

test('the changelog has a place for changes', () => {
  expect(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')).toContain('\n## Unreleased\n');
});
