/** Random edits of YAML text, of the kinds that a hurried person or a broken editor makes. */

export type Random = () => number;

/** Numbers from 0 to 1, the same for the same seed. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000;
  };
}

const below = (random: Random, limit: number): number => Math.floor(random() * limit);

function pick<T>(random: Random, values: readonly [T, ...T[]]): T {
  return values[below(random, values.length)] ?? values[0];
}

const CHARACTERS = [
  ...['"', "'", ':', '-', '#', '{', '}', '[', ']', ',', '&', '*', '!', '|', '>', '%', '@', '`', '\\', '?'],
  ...[' ', '\t', '\n', '\r', '\0', '\x1b', '\u0085', '\u2028', '\ufeff', '\ud800', '😀', '${', '$${', '<<'],
] as [string, ...string[]];

const VALUES = [
  ...['', '~', 'null', 'true', 'no', 'yes', 'on', '0', '-0', '-1', '0123', '0x1f', '0o17', '1e3', '1_000'],
  ...['.inf', '-.inf', '.nan', '1e400', '99999999999', '1000000000', '0.1', '12:30:45', '2015-02-30'],
  ...['0000-01-01', '0001-01-01', '9999-12-31', '2015-01-01', '2015-01-01T00:00:00Z', '{}', '[]', '[[]]'],
  ...['{ a: 1 }', '[a, b]', '[_timestamp]', '{ fields: [a], style: base64 }', '{ value: 1 }', '""', "''"],
  ...['" "', '"\\u0000"', '"\\ud800"', '"\\n"', '__proto__', 'constructor', 'toString', '_id', '_timestamp'],
  ...['&a b', '*a', '!!str 1', '!!binary aGk=', '!x y', '<<', '|', '>-', '|+', '---', '...', '%YAML 1.1'],
  ...[
    '${X}',
    '${X:-}',
    '${X:-1}',
    '${X:-day}',
    '${X:?say}',
    '${',
    '$${x}',
    '"${file:missing}"',
    '"${file:.}"',
  ],
  ...['"${file:/dev/null}"', '0s', '0ms', '1ms', '1d', '9999999d', '36500d', '1.5h', '5 m', '1MiB', '0B'],
  ...[
    'hour',
    'day',
    'week',
    'month',
    'quarter',
    'year',
    'UTC',
    'EST',
    'Etc/GMT+12',
    '+01:00',
    'Asia/Kathmandu',
  ],
  ...[
    '"* * * * * *"',
    '"0 0 29 2 *"',
    '"0 0 31 2 *"',
    '"@yearly"',
    '"*/7 1-5,9 * JAN-MAR MON#1"',
    '"L"',
    '" "',
  ],
  ...[
    'pg',
    'mysql2',
    'better-sqlite3',
    'off',
    ':memory:',
    '../..',
    '/',
    'http://[::1',
    'http://x:99999',
    'x:y',
  ],
  ...[
    'updated_at',
    'until',
    'snapshot',
    'cursor',
    '[updated_at, id]',
    '[2015-01-01, 9007199254740992]',
    'sha256',
    'base64',
    'pp-db-collector-template',
    'yyyy',
    'dd/MM/yyyy',
    'lower',
    'upper',
    'integer',
    'date',
  ],
  ...["'; DROP TABLE t; --'", '":from"', "'$$ :from'", '"SELECT \'"', `"${'x'.repeat(5_000)}"`, '"[".repeat'],
] as [string, ...string[]];

type Edit = (text: string, random: Random) => string;

function splice(text: string, at: number, length: number, insert: string): string {
  return text.slice(0, at) + insert + text.slice(at + length);
}

/** An edit of the lines of a text, of which one is chosen. */
function inLines(edit: (lines: string[], at: number, random: Random) => void): Edit {
  return (text, random) => {
    const lines = text.split('\n');
    edit(lines, below(random, lines.length), random);
    return lines.join('\n');
  };
}

/** An edit of one line. */
function inLine(edit: (line: string, random: Random) => string): Edit {
  return inLines((lines, at, random) => lines.splice(at, 1, edit(lines[at] ?? '', random)));
}

const EDITS: readonly [Edit, ...Edit[]] = [
  (text, random) => splice(text, below(random, text.length), 1 + below(random, 4), ''),
  (text, random) => {
    const at = below(random, text.length);
    return splice(text, at, 0, text.slice(at, at + 1 + below(random, 4)));
  },
  (text, random) => {
    const at = below(random, text.length);
    return splice(text, at, 2, `${text[at + 1] ?? ''}${text[at] ?? ''}`);
  },
  (text, random) => splice(text, below(random, text.length), below(random, 2), pick(random, CHARACTERS)),
  (text, random) => text.slice(0, below(random, text.length)),
  inLines((lines, at) => lines.splice(at, 1)),
  inLines((lines, at, random) => lines.splice(below(random, lines.length), 0, lines[at] ?? '')),
  inLines((lines, at, random) => lines.splice(at, 1 + below(random, 3))),
  inLines((lines, at, random) => lines.splice(below(random, lines.length), 0, ...lines.splice(at, 1))),
  inLines((lines, at) => lines.splice(at, 2, `${lines[at] ?? ''} ${(lines[at + 1] ?? '').trim()}`)),
  inLine((line, random) => pick(random, [' ', '  ', '\t', '    ', '- ']) + line),
  inLine((line) => line.replace(/^ {1,2}/, '')),
  inLine((line) => line.replace(/["']/, '')),
  inLine((line, random) => line.replace(/: (.*)/, (_, value) => `: ${pick(random, ['"', "'"])}${value}`)),
  inLine((line) => line.replace(/: (.*)/, ': "$1"')),
  inLine((line, random) => line.replace(/(:|-) .*/, (_, sign) => `${sign} ${pick(random, VALUES)}`)),
  inLine((line, random) => line.replace(/(:|-) .*/, (_, sign) => `${sign} ${pick(random, VALUES)}`)),
  inLine((line, random) => line.replace(/[^\s,:[\]{}"']+(?=\s*[,}\]])/, () => pick(random, VALUES))),
  inLine((line, random) => line.replace(/[\w-]+(?=:)/, () => pick(random, VALUES))),
  inLine((line, random) =>
    line.replace(/\d+/, () => pick(random, ['0', '1', '-1', '99999999999', '1.5', '007'])),
  ),
];

/** One to three edits of a text. */
export function edited(text: string, random: Random): string {
  let result = text;
  for (let count = 1 + below(random, 3); count > 0; count--) result = pick(random, EDITS)(result, random);
  return result;
}
