import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expand } from '../../src/config/yaml/expand.ts';
import { folderOf } from './folder.ts';

const surroundings = { environment: { NAME: 'value', EMPTY: '', CURLY: '${NAME}' }, folder: '/nowhere' };

const textOf = (raw: string) => {
  const expansion = expand(raw, surroundings);
  return 'code' in expansion ? expansion.message : expansion.text;
};

describe('a text is filled in from outside', () => {
  test.each([
    ['plain', 'plain'],
    ['${NAME}', 'value'],
    ['a ${NAME} b ${NAME}', 'a value b value'],
    ['${EMPTY}', ''],
    ['${NAME:-other}', 'value'],
    ['${UNSET:-other}', 'other'],
    ['${EMPTY:-other}', 'other'],
    ['${UNSET:-}', ''],
    ['${UNSET:-a:-b}', 'a:-b'],
    ['${NAME:?needed}', 'value'],
    ['$${NAME}', '${NAME}'],
    ['$$${NAME}', '$${NAME}'],
    ['$NAME and $', '$NAME and $'],
    ['${CURLY}', '${NAME}'],
  ])('%s becomes %s', (raw, text) => {
    expect(textOf(raw)).toBe(text);
  });

  test.each(['${UNSET}', '${UNSET:?needed}', '${EMPTY:?needed}'])('%s is refused', (raw) => {
    expect(textOf(raw)).toMatch(/^expected the environment variable (UNSET|EMPTY) to be set, got nothing$/);
  });

  test.each(['${', '${}', '${NAME', '${1NAME}', '${NAME-x}', '${A:-${B}}', '${file:}'])(
    '%s is not understood',
    (raw) => {
      expect(textOf(raw)).toMatch(/^expected \$\{NAME\}, /);
    },
  );
});

describe('a text from a file', () => {
  test('loses one trailing newline and no more', () => {
    const folder = folderOf({ unix: 'a\n\n', windows: 'b\r\n', none: ' c ' });
    const read = (name: string) => expand(`\${file:${name}}`, { environment: {}, folder });
    expect(read('unix')).toMatchObject({ text: 'a\n' });
    expect(read('windows')).toMatchObject({ text: 'b' });
    expect(read('none')).toMatchObject({ text: ' c ' });
  });

  test('may be named by an absolute path and stand inside another text', () => {
    const folder = folderOf({ password: 'p' });
    const expansion = expand(`a:\${file:${join(folder, 'password')}}@b`, surroundings);
    expect(expansion).toMatchObject({ text: 'a:p@b', whole: false });
  });

  test('that is not there is refused without its folder', () => {
    expect(textOf('${file:token}')).toBe(
      'expected a readable file for ${file:token}, got no such file or directory',
    );
  });
});
