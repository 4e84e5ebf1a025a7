import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/*
 * Servers that are newer than the ones this machine's system has: taken from Debian's unstable suite, unpacked into a
 * folder of their own without being installed, and run with the C library that they were built for.
 */

const SUITE = 'unstable';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const USUAL_MIRROR = 'http://deb.debian.org/debian';
/** What packages ask for, and the programs that are wanted here do without. */
const UNNEEDED = /^(perl|libperl|openssl-provider|libgdbm|libdb5|adduser|passwd|systemd|ucf|debconf|libllvm)/;

/** The root's is readable by the users that servers run as; its home is not. */
const CACHE =
  process.getuid?.() === 0
    ? '/var/cache/pp-db-collector-tests'
    : join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'pp-db-collector-tests');

/**
 * The folder in which a Debian package and what it needs are unpacked, downloaded when it is asked for the first time.
 * Throws an error that says what to do where that is impossible.
 *
 * @param programs paths below the folder, to be run in place of what lies there
 * @param otherwise what else would help
 */
export function unpackedPackage(name: string, programs: readonly string[], otherwise: string): string {
  const folder = join(CACHE, `${name}-${SUITE}`);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = mkdtempSync(join(CACHE, 'unpacking-'));
  try {
    chmodSync(unfinished, 0o755);
    download(name, join(unfinished, 'apt'), join(unfinished, 'root'));
    for (const program of programs) wrap(join(unfinished, 'root'), program, folder);
    place(join(unfinished, 'root'), folder);
    return folder;
  } catch (cause) {
    throw new Error(
      `the tests need ${name} of Debian's suite ${SUITE}, which could not be downloaded with apt-get` +
        ` (the package debian-archive-keyring must be installed); otherwise ${otherwise}`,
      { cause },
    );
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Whoever is there first has it; others throw theirs away. */
function place(unpacked: string, folder: string): void {
  try {
    renameSync(unpacked, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

function download(name: string, apt: string, root: string): void {
  for (const each of ['lists/partial', 'cache/archives/partial', 'packages'])
    mkdirSync(join(apt, each), { recursive: true });
  writeFileSync(join(apt, 'sources.list'), `deb [signed-by=${KEYRING}] ${mirror()} ${SUITE} main\n`);
  const options = Object.entries({
    'Dir::Etc::sourcelist': join(apt, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(apt, 'lists'),
    'Dir::Cache': join(apt, 'cache'),
    'APT::Sandbox::User': 'root',
  }).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const run = (command: string, ...words: string[]) =>
    execFileSync(command, [...options, ...words], { cwd: join(apt, 'packages'), encoding: 'utf8' });
  run('apt-get', '--quiet=2', 'update');
  const without = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'];
  const listed = run('apt-cache', 'depends', '--recurse', ...without.map((each) => `--no-${each}`), name);
  const packages = listed.split('\n').filter((line) => /^[a-z]/.test(line) && !UNNEEDED.test(line));
  run('apt-get', '--quiet=2', 'download', ...new Set(packages));
  for (const file of globSync(join(apt, 'packages', '*.deb'))) execFileSync('dpkg', ['-x', file, root]);
}

/** The mirror of Debian that the machine itself uses: the one from which it takes the updates of its own suite. */
function mirror(): string {
  const listed = globSync(['/etc/apt/sources.list', '/etc/apt/sources.list.d/*.{list,sources}']).map((file) =>
    readFileSync(file, 'utf8'),
  );
  const stanzas = listed
    .flatMap((text) => text.split(/\n\s*\n/))
    .filter((text) => /^Suites:.*-updates/m.test(text));
  const lines = listed.flatMap((text) => text.split('\n')).filter((line) => /^deb\s.*-updates/.test(line));
  const urls = [...stanzas, ...lines].flatMap(
    (text) => /^(?:URIs:|deb)\s.*?(https?:\/\/\S+)/m.exec(text)?.[1] ?? [],
  );
  return urls.find((url) => !url.includes('ubuntu')) ?? USUAL_MIRROR;
}

/** Puts a script in the place of a program, which runs it with the libraries below the same folder. */
function wrap(root: string, program: string, folder: string): void {
  const original = join(dirname(program), `.${basename(program)}`);
  renameSync(join(root, program), join(root, original));
  const [loader = ''] = globSync('usr/lib*/ld-linux*.so.*', { cwd: root });
  const [libraryC = ''] = globSync('usr/lib/*/libc.so.6', { cwd: root });
  const libraries = [dirname(libraryC), join(dirname(libraryC), 'mysql')].map((each) => join(folder, each));
  writeFileSync(
    join(root, program),
    `#!/bin/sh\nexec ${join(folder, loader)} --argv0 "$0" --library-path ${libraries.join(':')} ${join(folder, original)} "$@"\n`,
    { mode: 0o755 },
  );
}
