import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../src/config/problem.ts';
import { Secret } from '../../src/config/secret.ts';
import { CONFIG, folderOf, JOB, load, loadFiles } from './folder.ts';

describe('a secret', () => {
  const { config } = loadFilesOutside();
  const [job] = config?.jobs ?? [];

  test('is known to those who ask for it', () => {
    expect(job?.data_set.token.reveal()).toBe('hunter2');
  });

  test.each([
    ['inspect', inspect(config, { depth: null, showHidden: true })],
    ['JSON', JSON.stringify(config)],
    ['a template', `${job?.data_set.token}`],
    ['format', format('%s %o %j', job?.data_set.token, job?.data_set, config)],
    ['an error', String(new Error('wrong', { cause: job }).cause)],
    ['a copy', JSON.stringify({ ...job?.data_set.token })],
  ])('is not in the text that %s makes of it', (_, text) => {
    expect(text).not.toContain('hunter2');
  });
});

function loadFilesOutside() {
  return load(join(import.meta.dirname, 'good'), {
    DATABASE_URL: 'postgres://user:hunter2@localhost/benefits',
    TOKEN: 'hunter2',
  });
}

describe('a secret in a file', () => {
  test('is read again at each use', () => {
    const folder = folderOf({
      'config.yaml': CONFIG,
      'collectors/transactions.yaml': JOB.replace('${TOKEN}', '${file:../token}'),
      token: 'first\n',
    });
    const token = load(folder).config?.jobs[0]?.data_set.token;
    expect(token?.reveal()).toBe('first');
    writeFileSync(join(folder, 'token'), 'second\n');
    expect(token?.reveal()).toBe('second');
    rmSync(join(folder, 'token'));
    expect(() => token?.reveal()).toThrow(
      expect.objectContaining({ side: 'config', remedy: expect.stringContaining('Check that') }),
    );
  });

  test('may be a part of a connection', () => {
    const url = 'connection: "postgres://user:${file:password}@localhost/benefits"';
    const folder = folderOf({
      'config.yaml': CONFIG.replace('connection: ${DATABASE_URL}', url),
      'collectors/transactions.yaml': JOB,
      password: 'first',
    });
    const connection = load(folder).config?.databases.benefits?.connection;
    expect(connection).toBeInstanceOf(Secret);
    writeFileSync(join(folder, 'password'), 'second');
    expect((connection as Secret).reveal()).toBe('postgres://user:second@localhost/benefits');
  });
});

describe('a secret written into a file', () => {
  const warnings = (mode: number, job: string) => {
    const folder = folderOf({ 'config.yaml': CONFIG, 'collectors/transactions.yaml': job });
    chmodSync(join(folder, 'collectors/transactions.yaml'), mode);
    return load(folder).problems.map((problem) => formatProblem(problem, { excerpt: true }));
  };
  const literal = JOB.replace('${TOKEN}', 'hunter2');

  test('that others can read is a warning', () => {
    expect(warnings(0o644, literal)).toEqual([
      'collectors/transactions.yaml:7:10  warning: data_set.token: expected a secret from outside, got one in a file that ' +
        'every user of this machine can read; write it as ${NAME} or ${file:PATH}, or run chmod o-r collectors/transactions.yaml\n' +
        '    6 |   data_type: transactions\n' +
        '    7 |   token: <secret>',
    ]);
  });

  test('that only its owner and group can read is none', () => {
    expect(warnings(0o640, literal)).toEqual([]);
  });

  test('by reference is none', () => {
    expect(warnings(0o644, JOB)).toEqual([]);
  });
});

describe('a placeholder in the place of a secret', () => {
  const problemsOf = (config: string, job: string) =>
    load(folderOf({ 'config.yaml': config, 'collectors/transactions.yaml': job })).problems.map((problem) =>
      formatProblem(problem, { excerpt: false }),
    );
  const SAYS =
    'expected a secret or ${NAME}, got what looks like a placeholder, which would be used as it stands';

  test.each([
    ['$API_TOKEN', '${API_TOKEN}'],
    ['"$(API_TOKEN)"', '${API_TOKEN}'],
    ['"%{API_TOKEN}"', '${API_TOKEN}'],
    ['"%API_TOKEN%"', '${API_TOKEN}'],
    ['"{{API_TOKEN}}"', '${API_TOKEN}'],
    ['"{{ API_TOKEN }}"', '${API_TOKEN}'],
    ['<API_TOKEN>', '${API_TOKEN}'],
    ['<your token>', '${NAME}'],
    // Perhaps it is a secret: nothing of it is shown.
    ['$ecret', '${NAME}'],
  ])('(%s) is a warning that offers %s', (token, reference) => {
    expect(problemsOf(CONFIG, JOB.replace('${TOKEN}', token))).toEqual([
      `collectors/transactions.yaml:7:10  warning: data_set.token: ${SAYS}; write it as ${reference}`,
    ]);
  });

  test.each([
    ['connection: ${DATABASE_URL}', 'connection: $DATABASE_URL', 'connection', '${DATABASE_URL}'],
    ['connection: ${DATABASE_URL}', 'connection: "postgres://u:$PASSWORD@h/d"', 'connection', '${PASSWORD}'],
    [
      'connection: ${DATABASE_URL}',
      'connection: { host: h, database: d, user: u, password: $PASSWORD }',
      'connection.password',
      '${PASSWORD}',
    ],
  ])('is one elsewhere, too: %s as %s', (good, bad, key, reference) => {
    expect(problemsOf(CONFIG.replace(good, bad), JOB).join()).toContain(
      `${key}: ${SAYS}; write it as ${reference}`,
    );
  });

  test('without quotes, where YAML takes it for a mapping, is told how to be written', () => {
    expect(problemsOf(CONFIG, JOB.replace('${TOKEN}', '{{API_TOKEN}}')).join()).toContain(
      'write ${API_TOKEN} for the value',
    );
  });

  test.each(['abc$API', 'p$', '"$"', '${TOKEN}', '"$${TOKEN"', 'a<b>'])('%s is none', (token) => {
    expect(problemsOf(CONFIG, JOB.replace('${TOKEN}', token)).join()).not.toContain('placeholder');
  });
});

describe('an excerpt of a file that is not YAML', () => {
  test.each([
    ['a token on the line', 'token: hunter2\n  x: y: z'],
    ['a token with a quote', 'token: "hunter2'],
    ['a block with a tab', 'token: |\n\thunter2'],
    ['a token without a colon', 'token hunter2'],
    ['a password in a URL', 'x: y: postgres://user:hunter2@host'],
  ])('leaves out %s', (_, text) => {
    const { problems } = loadFiles({ 'collectors/broken.yaml': `data_set:\n  ${text}\n` });
    const told = problems.map((problem) => formatProblem(problem, { excerpt: true })).join('\n');
    expect(told).toContain('collectors/broken.yaml:');
    expect(told).not.toContain('hunter2');
  });
});

describe('an excerpt leaves out a token', () => {
  test.each([
    ['taken for an anchor', '&hunter2'],
    ['taken for a tag', '!hunter2 x'],
    ['taken for an alias', '*hunter2'],
    ['in a list', '[!x hunter2]'],
    ['in a mapping', '{ value: hunter2 }'],
    ['under a mistyped key', 'x\n  tokn: hunter2'],
    ['of digits under a mistyped key', 'x\n  tokn: 0123hunter2'],
    ['before an unset variable', 'hunter2\n  x: ${UNSET}'],
    ['in a malformed reference', '${hunter2 hunter2}'],
    ['as the default of a variable', '${UNSET:-hunter2}\n  x: y'],
  ])('%s', (_, written) => {
    const { problems } = loadFiles({ 'collectors/one.yaml': JOB.replace('${TOKEN}', written) });
    const told = problems.map((problem) => formatProblem(problem, { excerpt: true })).join('\n');
    expect(told).toContain('collectors/one.yaml:');
    expect(told).not.toContain('hunter2');
  });
});

describe('in a file that is not YAML', () => {
  const excerptOf = (text: string) => {
    const { problems } = loadFiles({ 'collectors/broken.yaml': text });
    return problems.map(({ excerpt }) => excerpt.map((line) => line.text));
  };

  test('the line after a token is shown when it has a key of its own', () => {
    expect(excerptOf('data_set:\n  token: hunter2\n    data_type: x: y\n')).toContainEqual([
      '  token: <secret>',
      '    data_type: x: y',
    ]);
    expect(excerptOf('data_set: { token: "hunter2",\n    data_type: [}\n')[0]).toEqual([
      'data_set: { token: <secret>',
      '    data_type: [}',
    ]);
  });

  test.each([
    ['a block', 'token: |\n    hunter2: x'],
    ['a folded text', 'token: a\n    hunter2'],
    ['an open quote', 'token: "a\n    hunter2: x"'],
    ['an open bracket', 'token: { x:\n    hunter2: x }'],
    ['another token', 'token: a\n    password: hunter2'],
  ])('it is not when it may belong to the token: %s', (_, text) => {
    expect(excerptOf(`data_set:\n  ${text}\n  x: y: z\n`).flat().join()).not.toContain('hunter2');
  });
});

test.each(['a', 'ab', '"ü"'])('a token as short as %s is refused, and not shown', (token) => {
  const { problems, rejectedJobs } = loadFiles({ 'collectors/one.yaml': JOB.replace('${TOKEN}', token) });
  expect(rejectedJobs.map(({ name }) => name)).toEqual(['one']);
  expect(problems.map((problem) => formatProblem(problem))).toEqual([
    'collectors/one.yaml:7:10  data_set.token: expected a text of at least 3 characters, because messages leave it out wherever it stands, got a shorter one',
  ]);
});

test('a token that is empty is refused as what it is', () => {
  const { problems } = loadFiles({ 'collectors/one.yaml': JOB.replace('${TOKEN}', '""') });
  expect(problems.map((problem) => formatProblem(problem))).toEqual([
    'collectors/one.yaml:7:10  data_set.token: expected a text that is not empty, best taken from outside by ${NAME} or ${file:PATH}, got ""',
  ]);
});

test.each([
  ['of a database', 'databases.benefits.connection', 'DATABASE_URL', 'postgres://u:@@h/x'],
  ['of a database, percent-encoded', 'databases.benefits.connection', 'DATABASE_URL', 'postgres://u:%40@h/x'],
  ['of a proxy', 'write_api.proxy', 'PROXY', 'http://u:ab@proxy:3128'],
])('a password of one or two letters in the URL %s is refused', (_, path, name, url) => {
  const config = CONFIG.replace('databases:', '  proxy: ${PROXY}\ndatabases:');
  const usual = { DATABASE_URL: 'postgres://u@h/x', PROXY: '', TOKEN: 'hunter2' };
  const { problems } = loadFiles({ 'config.yaml': config }, { ...usual, [name]: url });
  const told = problems.filter(({ code }) => code !== 'no-jobs');
  expect(told.map((problem) => `${problem.path}: ${problem.message}`)).toEqual([
    `${path}: expected a password of at least 3 characters, because messages leave it out wherever it stands, got the value of \${${name}}`,
  ]);
});

describe('what stands in the place of a token is not shown', () => {
  test.each([
    ['as a key', '{hunter2}'],
    ['as a key with a value', '{ hunter2: x }'],
    ['as a key within a key', '{{ hunter2: x }: y}'],
    ['as a key within a mapping', '{ token: { hunter2: x } }'],
    ['as a key that is there twice', '{ hunter2: x, hunter2: x }'],
    ['as a key of a number', '{ hunter2: 0x10 }'],
    ['as a key of a variable', '{ hunter2: "${UNSET}" }'],
    ['as a key of a placeholder', '{ hunter2: $NAME }'],
    ['as a key in a list', '[{ hunter2: x }]'],
    ['in the place of the message of a variable', '"${UNSET:?hunter2}"'],
  ])('%s', (_, token) => {
    const { problems } = loadFiles({ 'collectors/one.yaml': JOB.replace('${TOKEN}', token) });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.map((problem) => formatProblem(problem, { excerpt: true })).join()).not.toContain(
      'hunter2',
    );
  });

  test('but a message of several words is', () => {
    const { problems } = loadFiles({
      'collectors/one.yaml': JOB.replace('${TOKEN}', '"${UNSET:?ask the team for it}"'),
    });
    expect(problems.map(({ suggestion }) => suggestion)).toEqual(['ask the team for it']);
  });
});
