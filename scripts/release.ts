import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Prepares a release in the current folder: the version in package.json and where the documents name it, its heading in
 * the changelog, a commit and a tag. Nothing leaves the machine; the tag, when it is pushed, starts the release
 * workflow. Refuses, before anything is changed, what could not be released.
 *
 * `npm run release -- patch`, or `minor`, `major`, or the version itself
 */

const UNRELEASED = '## Unreleased\n';
/** Files that name an image, or what is in it, by its version. */
const WITH_IMAGES = 'deploy/kubernetes/*.yaml';

const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();

class Refusal extends Error {}

function release(wanted: string | undefined): void {
  const current: string = JSON.parse(readFileSync('package.json', 'utf8')).version;
  const version = nextVersion(current, wanted);
  const tag = `v${version}`;
  const changelog = readFileSync('CHANGELOG.md', 'utf8');
  const changes = unreleasedChanges(changelog);

  const branch = git('branch', '--show-current');
  if (branch !== 'main') throw new Refusal(`releases are made of main, and this is ${branch || 'no branch'}`);
  if (git('status', '--porcelain') !== '')
    throw new Refusal('there are changes that are not committed: commit or stash them');
  if (git('tag', '--list', tag) !== '') throw new Refusal(`${tag} was released already`);

  const heading = `## ${version} (${new Date().toISOString().slice(0, 10)})\n`;
  writeFileSync(
    'CHANGELOG.md',
    changelog.replace(UNRELEASED, () => `${UNRELEASED}\n${heading}`),
  );
  setVersion('package.json', version);
  setVersion('package-lock.json', version);
  for (const file of globSync(WITH_IMAGES)) {
    const [image, label] = ['pp-db-collector:', 'app.kubernetes.io/version: '];
    const text = readFileSync(file, 'utf8').replaceAll(`${image}${current}`, `${image}${version}`);
    writeFileSync(file, text.replaceAll(`${label}${current}\n`, `${label}${version}\n`));
  }
  git('commit', '--quiet', '--all', '--message', `Release ${version}`);
  execFileSync('git', ['tag', '--annotate', '--cleanup=whitespace', '--file=-', tag], {
    input: `${version}\n\n${changes}\n`,
  });
  process.stdout.write(`${tag} is committed and tagged; git push --follow-tags origin main releases it\n`);
}

function setVersion(file: string, version: string): void {
  const content = JSON.parse(readFileSync(file, 'utf8'));
  content.version = version;
  if (content.packages !== undefined) content.packages[''].version = version;
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
}

function nextVersion(current: string, wanted: string | undefined): string {
  const [major = 0, minor = 0, patch = 0] = current.split('.').map(Number);
  switch (wanted) {
    case 'major':
      return `${major + 1}.0.0`;
    case 'minor':
      return `${major}.${minor + 1}.0`;
    case 'patch':
      return `${major}.${minor}.${patch + 1}`;
    default:
      if (wanted === undefined || !/^\d+\.\d+\.\d+$/.test(wanted))
        throw new Refusal('say which version: npm run release -- patch, minor, major or one like 1.2.3');
      if (wanted.localeCompare(current, 'en', { numeric: true }) < 0)
        throw new Refusal(`${wanted} is older than ${current}`);
      return wanted;
  }
}

/** What stands under the heading of what is not released yet. */
function unreleasedChanges(changelog: string): string {
  const [, following] = changelog.split(`\n${UNRELEASED}`);
  if (following === undefined) throw new Refusal('CHANGELOG.md has no heading "## Unreleased"');
  const changes = following.split(/^## /m)[0]?.trim() ?? '';
  if (changes === '') throw new Refusal('CHANGELOG.md tells of no change under "## Unreleased"');
  return changes;
}

try {
  release(process.argv[2]);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`not released: ${error.message}\n`);
  process.exitCode = 1;
}
