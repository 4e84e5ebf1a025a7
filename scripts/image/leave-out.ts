import { existsSync, globSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { OUTSIDE } from '../outside.ts';

/**
 * Takes out of `dist/` and `node_modules/` what the built program never opens, so that the image is small. Of a package that is
 * part of `dist/`, what it is and its licence stay: who looks for known vulnerabilities finds it by them.
 *
 * `node scripts/image/leave-out.ts FOLDER`, for Linux on the processor that this runs on
 */

/** What no program opens, wherever it lies in a package: maps for debuggers, types, and texts for people. */
const NEVER_OPENED = '**/*.{map,ts,cts,mts,md}';

/** What lies beside the program of a package, at its top. */
const BESIDE = '{test,tests,docs,example,examples,benchmark,benchmarks,integration,.github}';

/** What is only there to compile native code. */
const TO_COMPILE: Readonly<Record<string, string>> = {
  'better-sqlite3': '{deps,src,binding.gyp}',
  'node-addon-api': '*.{h,c,gyp,gypi}',
};

const NAME_AND_LICENCE = /^(?:package\.json|(?:licen[cs]e|copying|notice)\b.*)$/i;

function leaveOut(folder: string): void {
  const modules = join(folder, 'node_modules');
  const opened = new Set(OUTSIDE.flatMap((name) => withDependencies(name, modules)));
  for (const each of packagesIn(modules)) {
    if (opened.has(each)) remove(each, NEVER_OPENED, BESIDE, TO_COMPILE[nameOf(each)] ?? '');
    else removeProgram(each);
  }
  const binary = `linux-${process.arch}.node`;
  const prebuilds = join(modules, 'better-sqlite3/prebuilds');
  if (!existsSync(join(prebuilds, binary))) throw new Error(`better-sqlite3 brings no ${binary}`);
  for (const other of readdirSync(prebuilds).filter((name) => name !== binary))
    rmSync(join(prebuilds, other));
  rmSync(join(modules, '.bin'), { recursive: true, force: true });
  remove(join(folder, 'dist'), '**/*.map');
}

/** The folders of all packages, those inside of packages included. */
const packagesIn = (modules: string): string[] =>
  globSync('**/node_modules/{*,@*/*}/package.json', { cwd: dirname(modules) }).map((file) =>
    join(dirname(modules), dirname(file)),
  );

const nameOf = (folder: string): string =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name;

/** The folder of a package as one finds it who asks from `modules`, and those of all that it depends on. */
function withDependencies(name: string, modules: string, known = new Set<string>()): string[] {
  const folder = installed(name, modules);
  if (folder === undefined || known.has(folder)) return [...known];
  known.add(folder);
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  for (const each of Object.keys({ ...dependencies, ...optionalDependencies }))
    withDependencies(each, join(folder, 'node_modules'), known);
  return [...known];
}

function installed(name: string, modules: string): string | undefined {
  const folder = join(modules, name);
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = modules.lastIndexOf('/node_modules/');
  return above < 0 ? undefined : installed(name, modules.slice(0, above + '/node_modules'.length));
}

function removeProgram(folder: string): void {
  for (const name of readdirSync(folder))
    if (name !== 'node_modules' && !NAME_AND_LICENCE.test(name))
      rmSync(join(folder, name), { recursive: true });
}

function remove(folder: string, ...patterns: string[]): void {
  for (const name of globSync(patterns.filter(Boolean), { cwd: folder }))
    if (!NAME_AND_LICENCE.test(basename(name))) rmSync(join(folder, name), { recursive: true, force: true });
}

leaveOut(resolve(process.argv[2] ?? '.'));
