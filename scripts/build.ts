import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';
import { OUTSIDE } from './outside.ts';

/**
 * Builds `dist/` of the sources, with the packages that a run needs in it: a run that opens two hundred files starts
 * sooner, and in less memory, than one that looks for a thousand. Types are compiled beside it, by `tsc`.
 *
 * `node scripts/build.ts`, or with `--keep` to leave in `dist/` what is there, because somebody may be using it
 */

const ROOT = resolve(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

/** What is started by its name: the program, the module, and processes and threads of SQLite. */
const ENTRIES = [
  'main.ts',
  'index.ts',
  'sources/sqlite/reader.ts',
  'sources/sqlite/watchdog.ts',
  'server/store/sqlite/thread.ts',
];

/** Drivers that knex would ask for, were it told to, and that are not there. */
const NOT_THERE = ['mariadb', 'mysql', 'oracledb', 'pg-query-stream', 'sqlite3', 'tedious'];

const BUNDLED = join(import.meta.dirname, 'bundled');

/** All that is wanted of undici: its client, without its other dispatchers and fetch. */
const CLIENT_OF_UNDICI = { undici$: join(BUNDLED, 'undici/client.cjs') };

/**
 * What packages get instead of modules of Node.js of which they need little. Without HTTP/2 undici goes on as on a Node.js
 * that has none. With the client alone it saves each run a tenth of a second and 10 MB.
 */
const INSTEAD: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  undici: { 'node:http': 'http.cjs', 'node:http2': 'http2.cjs' },
  commander: { 'node:child_process': 'child_process.js' },
};

const WITH_LITTLE: Plugin = {
  name: 'with little',
  resolveId(source, importer = '') {
    const name = packageOf(importer) ?? '';
    const file = INSTEAD[name]?.[source];
    return file === undefined ? null : join(BUNDLED, name, file);
  },
};

/**
 * Takes what a file needs of Node.js from the module itself. An `import` of it gets a facade with all of its exports, and
 * for some Node.js then loads what nobody here uses: its repl for `node:process`, a WebSocket for `node:http`.
 */
const WITHOUT_FACADES: Plugin = {
  name: 'without facades',
  // The first file says on versions of Node.js, too, that have no `getBuiltinModule` that they are too old.
  renderChunk: (code, { name }) =>
    name === 'main'
      ? null
      : { code: code.replaceAll(/^import (.+) from ("node:.+");$/gm, ofNode), map: null },
};

const ofNode = (_: string, names: string, module: string): string =>
  `const ${names.replaceAll(' as ', ': ')} = globalThis.process.getBuiltinModule(${module});`;

const PACKAGE = /^.*\/(?:node_modules|scripts\/bundled)\/((?:@[^/]+\/)?[^/]+)/;

/** Small packages that only one other asks for, in whose file they are. */
const PARTS_OF: Readonly<Record<string, string>> = {
  'ansi-regex': 'string-width',
  'emoji-regex': 'string-width',
  'is-fullwidth-code-point': 'string-width',
  'strip-ansi': 'string-width',
};

const packageOf = (file: string): string | undefined => PACKAGE.exec(file)?.[1];

function fileOf(module: string): string | null {
  const name = packageOf(module);
  return name === undefined ? null : (PARTS_OF[name] ?? name).replace('/', '-');
}

async function build(): Promise<void> {
  if (!process.argv.includes('--keep')) rmSync(DIST, { recursive: true, force: true });
  const bundle = await rolldown({
    input: Object.fromEntries(ENTRIES.map((file) => [basename(file, '.ts'), join(ROOT, 'src', file)])),
    platform: 'node',
    resolve: { alias: CLIENT_OF_UNDICI },
    plugins: [WITH_LITTLE, WITHOUT_FACADES],
    preserveEntrySignatures: 'allow-extension',
    external: [...OUTSIDE, ...NOT_THERE].map((name) => new RegExp(`^${name}(/|$)`)),
  });
  const { output } = await bundle.write({
    dir: DIST,
    sourcemap: true,
    chunkFileNames: '[name].js',
    comments: { legal: true, annotation: false, jsdoc: false },
    codeSplitting: {
      // A package is a file, loaded when the first of its users is, and not with whoever else has a use for a part of it.
      groups: [
        { debugName: 'package', name: fileOf, test: PACKAGE },
        // Small files on which all others stand.
        { name: 'ground', test: /\/src\/(?:calendar|model|words)\// },
      ],
      includeDependenciesRecursively: false,
    },
  });
  await bundle.close();
  for (const file of globSync('**/*.css', { cwd: join(ROOT, 'src') }))
    cpSync(join(ROOT, 'src', file), join(DIST, basename(file)));
  const chunks = output.filter((each): each is OutputChunk => each.type === 'chunk');
  writeFileSync(join(DIST, 'LICENSES.txt'), licenses(chunks.flatMap(({ moduleIds }) => moduleIds)));
}

/** The licence of each package that is in `dist/`, as most of them ask for. */
function licenses(files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => PACKAGE.exec(file)?.[0] ?? []));
  return [...folders]
    .filter((folder) => !folder.startsWith(BUNDLED))
    .sort()
    .map(licenseOf)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function licenseOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const [file] = globSync('{LICEN[CS]E,Licen[cs]e,licen[cs]e}*', { cwd: folder });
  const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  return `${name} ${version} (${license})\n${text}`;
}

await build();
