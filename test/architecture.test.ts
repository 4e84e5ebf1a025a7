import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MODES } from '../src/model/mode.ts';

const ROOT = resolve(import.meta.dirname, '..');
const SOURCE = join(ROOT, 'src');

/**
 * What each folder of src/ may import from the others: `types` what it may name in types only, `values` the folders, or
 * single files, that it may run. docs/architecture.md tells the reasons.
 */
const ALLOWED: Readonly<Record<string, { values: readonly string[]; types: readonly string[] }>> = {
  calendar: { values: [], types: [] },
  model: { values: ['calendar'], types: [] },
  cron: { values: ['calendar', 'model'], types: [] },
  config: {
    values: [
      'calendar',
      'model',
      'records/text-format.ts',
      'cron',
      'sources/dialects.ts',
      'sources/parameters.ts',
      'sources/sql-tokens.ts',
    ],
    types: ['sources/dialect.ts'],
  },
  schedule: { values: ['calendar', 'model', 'cron'], types: ['config'] },
  records: { values: ['calendar', 'model'], types: ['config'] },
  sources: {
    values: ['calendar', 'model', 'config/secret.ts', 'config/login-url.ts', 'config/nearest-name.ts'],
    types: [],
  },
  'write-api': {
    values: ['calendar', 'model', 'config/login-url.ts', 'config/secret.ts'],
    types: ['config'],
  },
  state: { values: ['calendar', 'model'], types: [] },
  observe: { values: ['calendar', 'model', 'words'], types: ['schedule/scheduler-interface.ts'] },
  collect: {
    values: ['calendar', 'model', 'records', 'schedule', 'config/nearest-name.ts'],
    types: ['config'],
  },
  advice: { values: ['calendar', 'model', 'records', 'schedule', 'collect', 'words'], types: ['config'] },
  verify: { values: ['calendar', 'model', 'records', 'schedule', 'collect'], types: ['config'] },
  'first-job': {
    values: ['calendar', 'model', 'config', 'records', 'schedule', 'collect', 'advice', 'words'],
    types: ['sources/catalogue.ts', 'sources/dialect.ts'],
  },
  daemon: {
    values: [
      ...['calendar', 'model', 'cron', 'schedule', 'collect', 'verify'],
      ...['config/problem.ts', 'config/fingerprint.ts'],
    ],
    types: ['config', 'status', 'observe'],
  },
  replicas: { values: ['calendar', 'model', 'schedule'], types: ['write-api/host-company.ts'] },
  words: { values: ['calendar', 'model'], types: [] },
  dashboards: {
    values: ['calendar', 'model', 'words', 'look', 'server/read/read-plan.ts'],
    types: ['server/read/group-tallies.ts'],
  },
  look: { values: [], types: [] },
  http: { values: [], types: [] },
  status: {
    values: ['calendar', 'model', 'words', 'look', 'http', 'observe'],
    types: ['config', 'daemon'],
  },
  server: {
    values: ['calendar', 'model', 'words', 'look', 'http', 'dashboards', 'observe'],
    types: ['config'],
  },
  demo: {
    values: ['calendar', 'config', 'collect', 'records', 'server'],
    types: ['model'],
  },
  export: { values: ['calendar', 'cron', 'config', 'sources/dialects.ts', 'words'], types: [] },
  cli: {
    values: [
      ...['calendar', 'model', 'cron', 'config', 'schedule', 'sources', 'records', 'write-api'],
      ...['collect', 'advice', 'verify', 'first-job', 'state', 'observe', 'daemon', 'replicas', 'words'],
      ...['look', 'status', 'server', 'demo', 'export'],
    ],
    types: [],
  },
  'index.ts': { values: ['model', 'write-api', 'config'], types: [] },
  'main.ts': { values: ['cli'], types: [] },
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);
const texts = new Map(files.map((file) => [file, readFileSync(join(SOURCE, file), 'utf8')]));
const imports = files.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const text = texts.get(file) ?? '';
  const statements = text.matchAll(/(?:^|\n)(?:import|export)\s+(type\s)?[^;'"]*?from\s+'(\.[^']+)'/g);
  const dynamic = text.matchAll(/import\(\s*'(\.[^']+)'\s*\)/g);
  const target = (path: string) => relative(SOURCE, resolve(SOURCE, dirname(file), path));
  return [
    ...[...statements].map(([, type, path = '']) => ({
      from: file,
      to: target(path),
      isType: type !== undefined,
    })),
    ...[...dynamic].map(([, path = '']) => ({ from: file, to: target(path), isType: false })),
  ];
}

const folderOf = (file: string): string => file.split('/')[0] ?? file;

const covers = (allowed: readonly string[], file: string): boolean =>
  allowed.some((entry) => entry === file || entry === folderOf(file));

describe('imports', () => {
  test('are found at all', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(imports.length).toBeGreaterThan(100);
  });

  test('follow the arrows', () => {
    const wrong = imports.filter(({ from, to, isType }) => {
      if (folderOf(from) === folderOf(to)) return false;
      const allowed = ALLOWED[folderOf(from)];
      return !(covers(allowed?.values ?? [], to) || (isType && covers(allowed?.types ?? [], to)));
    });
    expect(wrong.map(({ from, to }) => `${from} may not import ${to}`)).toEqual([]);
  });

  test('have no cycles', () => {
    const targets = Map.groupBy(imports, ({ from }) => from);
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): readonly string[] => {
      if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
      if (done.has(file)) return [];
      for (const { to } of targets.get(file) ?? []) {
        const cycle = visit(to, [...path, file]);
        if (cycle.length > 0) return cycle;
      }
      done.add(file);
      return [];
    };
    expect(files.map((file) => visit(file, [])).find((cycle) => cycle.length > 0)).toBeUndefined();
  });

  test('keep the commands apart: what several need is in cli/shell/, what opens things in cli/wiring.ts', () => {
    const commandOf = (file: string) => file.split('/')[1] ?? file;
    const composing = ['main.ts', 'program.ts'];
    const wrong = imports.filter(({ from, to }) => {
      if (folderOf(from) !== 'cli' || folderOf(to) !== 'cli' || composing.includes(commandOf(from)))
        return false;
      return ![commandOf(from), 'shell', 'wiring.ts'].includes(commandOf(to));
    });
    expect(wrong.map(({ from, to }) => `${from} may not import ${to}`)).toEqual([]);
  });

  test('reach databases, stores and clients from the wiring only', () => {
    const concrete =
      /^(sources\/(create-source|[^/]+\/driver)|state\/[^/]+\/open-state|write-api\/(write-api|read)-client)\.ts$/;
    const importers = imports
      .filter(({ from, to, isType }) => concrete.test(to) && !isType && folderOf(from) !== folderOf(to))
      .map(({ from }) => from);
    expect([...new Set(importers)].sort()).toEqual(['cli/wiring.ts', 'index.ts']);
  });
});

/** Names of drivers and of products. */
const NAMES = /\b(?:pg|postgres|mysql2?|mariadb|better-sqlite3|sqlite)/gi;

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/[^\n]*/g, '$1');

describe('a database that is read', () => {
  const folders = readdirSync(join(SOURCE, 'sources'), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? entry.name : [],
  );
  const LIST = 'sources/dialects.ts';
  /** What speaks of another database than those that jobs read, or of these only to people. */
  const OTHERWISE = [
    'state', // what the collector remembers is in a database of its own
    'server', // the write API keeps records in one of its own
    'replicas', // share the database of the state, and a queue in it
    'demo', // makes a database to read from, and the configuration for it
    'cli/demo.ts', // names the file of that
    'cli/wiring.ts', // opens the state
    'cli/init/first-files.ts', // the text of a first configuration, with an example of a query
    'export', // says where a state is kept that is carried elsewhere
    'config/schema/write-api-schema.ts', // where the write API keeps records
  ];
  /** Likewise, in files that could do wrong besides. */
  const SAID: Readonly<Record<string, readonly string[]>> = {
    'config/schema/config-schema.ts': ['SQLite', 'pg', 'sqlite', 'pg'], // the file of the state; the name of an engine
    'observe/messages/daemon.ts': ['pg'], // the name of an engine
    'observe/messages/run.ts': ['SQLite'], // why a comparison can overlook rows
  };
  const others = [...texts].filter(
    ([file]) =>
      file !== LIST &&
      !folders.some((folder) => file.startsWith(`sources/${folder}/`)) &&
      !OTHERWISE.some((other) => other === file || other === folderOf(file)),
  );

  test('is a folder with the same files as the others', () => {
    expect(folders.sort()).toEqual(['mysql', 'postgresql', 'sqlite']);
    const common = [
      ...['address', 'catalogue', 'dialect', 'driver', 'failures', 'parameters'],
      ...['session', 'tokens', 'types'],
    ];
    for (const folder of folders) {
      for (const name of common) expect(files).toContain(`sources/${folder}/${name}.ts`);
    }
  });

  test('is known by its folder and by one line in the list', () => {
    const reached = imports
      .filter(({ to }) => folders.some((folder) => to.startsWith(`sources/${folder}/`)))
      .filter(({ from, to }) => dirname(from) !== dirname(to));
    expect(reached.map(({ from, to }) => `${from} ${to}`).sort()).toEqual(
      folders.map((folder) => `${LIST} sources/${folder}/dialect.ts`),
    );
  });

  test('is named nowhere else, neither by its client nor as a product', () => {
    const named = others.flatMap(([file, text]) => {
      const names = withoutComments(text).match(NAMES) ?? [];
      return names.join() === (SAID[file] ?? []).join() ? [] : `${file}: ${names.join(', ')}`;
    });
    expect(named).toEqual([]);
  });

  test('loads its driver for the first query only, SQLite in the process that runs it', () => {
    const early = /(?:^|\n)import (?!type )[^;]*? from '(?:pg|mysql2|better-sqlite3|knex|tarn)'/;
    const loading = [...texts].filter(([file, text]) => folderOf(file) === 'sources' && early.test(text));
    expect(loading.map(([file]) => file)).toEqual(['sources/sqlite/reader.ts']);
  });
});

describe('a mode of jobs', () => {
  const names = `(?:${MODES.join('|')})`;
  const found = (...patterns: readonly RegExp[]): string[] =>
    [...texts].flatMap(([file, text]) =>
      patterns.flatMap((pattern) => {
        const [first] = pattern.exec(withoutComments(text)) ?? [];
        return first === undefined ? [] : `${file}: ${first}`;
      }),
    );

  // A mode that is added later would be taken for one of the others, without a word of the compiler.
  test('is told apart by no comparison and by no key: a table and switches are asked, which are complete', () => {
    const compared = new RegExp(`(?:[!=]==? |includes\\()'${names}'|'${names}' (?:[!=]==?|in) `);
    const key = new RegExp(`\\bjob\\??\\.${names}(?: [!=]==? | && | \\|\\| | \\?|\\?)`, 'i');
    expect(found(compared, key)).toEqual([]);
  });

  test('is never one of the rest in a switch', () => {
    const open = /switch \((?:\w+\??\.mode|mode\.kind)\) \{(?:(?!\n {2}\}\n)[\s\S])*\n {4}default:/;
    expect(found(open)).toEqual([]);
  });
});

describe('requests over HTTP', () => {
  test('leave through undici only, where a run may send any', () => {
    const others = [...texts]
      .filter(([file]) => ['collect', 'sources', 'write-api'].includes(folderOf(file)))
      .filter(([, text]) => /'(?:node:)?https?'/.test(text))
      .map(([file]) => file);
    expect(others).toEqual([]);
  });
});

describe('files', () => {
  test('are of a size that can be read at once', () => {
    const long = [...texts].filter(([, text]) => text.split('\n').length > 350).map(([file]) => file);
    expect(long).toEqual([]);
  });

  test('are named for what they hold', () => {
    const vague = files.filter((file) =>
      /^(utils?|helpers?|common|lib|misc|index)$/.test(basename(file, '.ts')),
    );
    expect(vague).toEqual(['index.ts']);
  });

  test('touch the process in cli/ only', () => {
    const touching = [...texts]
      .filter(([file]) => folderOf(file) !== 'cli' && file !== 'main.ts')
      .filter(([, text]) => /\bprocess\.(env|argv|exit)\b|\bconsole\./.test(text))
      .map(([file]) => file);
    expect(touching).toEqual([]);
  });
});
