import type { Command } from 'commander';
import { afterAll, describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { UsageError } from '../../src/cli/shell/exit-codes.ts';
import { Workplace } from '../support/program.ts';

const GLOBAL = ['--config', '--environment-file', '--log-level', '--log-format'] as const;
const VALUES: Readonly<Record<string, string>> = {
  '--config': 'nowhere.yaml',
  '--environment-file': 'nowhere.env',
  '--log-level': 'debug',
  '--log-format': 'json',
};
const FILES = ['--config', '--environment-file'];

/** What makes a command read its files, besides its arguments. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  run: ['--all'],
  send: ['--data-set', 'group/type'],
  set: ['--collected-to', '2015-01-01'],
  copy: ['--to', 'other.sqlite'],
};

interface Leaf {
  readonly words: readonly string[];
  readonly takes: readonly string[];
}

/** The commands that do something, with their words and the options that their help offers. */
function leavesOf(command: Command, path: readonly string[] = []): readonly Leaf[] {
  if (command.commands.length > 0)
    return command.commands.flatMap((below) => leavesOf(below, [...path, below.name()]));
  const needed = command.registeredArguments.filter(({ required }) => required).map(() => 'x');
  const offered = command.createHelp().visibleGlobalOptions(command);
  return [
    {
      words: [...path, ...needed, ...(MORE[command.name()] ?? [])],
      takes: GLOBAL.filter((flag) => offered.some(({ long }) => long === flag)),
    },
  ];
}

const leaves = leavesOf(createProgram(() => undefined));
const pairs = leaves.flatMap(({ words, takes }) =>
  GLOBAL.map((flag) => ({ line: words.join(' '), words, flag, isTaken: takes.includes(flag) })),
);

const workplace = new Workplace();
afterAll(() => workplace.remove());

test('all commands are walked', () => {
  expect(leaves.length).toBeGreaterThan(20);
});

describe('an option that a command does not offer is refused', () => {
  test.each(pairs.filter(({ isTaken }) => !isTaken))('$line $flag', async ({ words, flag }) => {
    const program = createProgram(() => undefined);
    const called = program.parseAsync(['node', 'pp-db-collector', ...words, flag, VALUES[flag] ?? '']);
    await expect(called).rejects.toThrow(UsageError);
    await expect(called).rejects.toThrow(`does not take ${flag}`);
  });
});

describe('a file that a command offers to read is read', () => {
  test.each(pairs.filter(({ isTaken, flag }) => isTaken && FILES.includes(flag)))(
    '$line $flag',
    async ({ words, flag }) => {
      // Completion is silent about everything that is wrong.
      if (words[0] === '__complete') return;
      const { code, stderr } = await workplace.run([...words, flag, VALUES[flag] ?? '']);
      expect(code, stderr).toBe(3);
      expect(stderr).toContain(`${VALUES[flag]}:1:1  expected a readable file`);
    },
  );
});

test('what each command takes of the options for all', () => {
  const taking = (flag: string) =>
    leaves.filter(({ takes }) => takes.includes(flag)).map(({ words }) => words.slice(0, 2).join(' '));
  expect(taking('--log-level')).toEqual(taking('--log-format'));
  expect(taking('--log-level')).toEqual([
    'start',
    'run --all',
    'check',
    'verify',
    'dead-letters replay',
    'empty x',
    'serve',
    'demo',
  ]);
});

test('a file named by the environment is passed over where it is of no use, and send says what it does not read', async () => {
  const environment = { PP_DB_COLLECTOR_CONFIG: 'nowhere.yaml' };
  const [explained, sent] = await Promise.all([
    workplace.run(['explain', '3'], { environment }),
    workplace.run(['send', '--url', 'http://127.0.0.1:9/data/a/b', '--token', 'abc', '--config', 'x.yaml']),
  ]);
  expect(explained.code, explained.stderr).toBe(0);
  expect(sent).toMatchObject({
    code: 2,
    stderr: `send without --data-set does not take --config
  → Leave it out, or name a data set of the configuration with --data-set GROUP/TYPE.
`,
  });
});

test('serve says where its file is named', async () => {
  expect(await workplace.run(['serve', '--config', 'w.yaml'])).toMatchObject({
    code: 2,
    stderr: 'serve does not take --config\n  → Name the file behind it: pp-db-collector serve FILE.\n',
  });
});

test('where a file is named is told when it is not found, and not when something that it names is not', async () => {
  workplace.write('names.yaml', 'collectors: nowhere\n');
  workplace.write('serves.yaml', 'dashboards: nowhere\ndata_sets: []\n');
  const told = await Promise.all(
    [
      ['run', '--all', '--config', 'names.yaml'],
      ['run', '--all', '--config', 'nowhere.yaml'],
      ['serve', 'serves.yaml'],
      ['serve', 'nowhere.yaml'],
    ].map(async (words) => (await workplace.run(words)).stderr),
  );
  expect(told.map((text) => text.includes('got no such file or directory'))).toEqual(Array(4).fill(true));
  expect(told.map((text) => text.includes('start in its folder'))).toEqual([false, true, false, true]);
});
