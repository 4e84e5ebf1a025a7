import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LoginUrl, parseLoginUrl, type UrlFault } from '../../src/config/login-url.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { parseProxy } from '../../src/write-api/address.ts';
import { CONFIG, ENVIRONMENT, loadFiles } from './folder.ts';

const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
const REFUSED = new Set(['/', '?', '#', '%']);
const PLACES: readonly ((character: string) => string)[] = [
  (character) => `${character}hunter2`,
  (character) => `hun${character}ter2`,
  (character) => `hunter2${character}`,
];
const PROTOCOLS = ['postgres', 'postgresql', 'mysql', 'mariadb', 'http'];

const read = (url: string): LoginUrl => {
  const parsed = parseLoginUrl(url);
  if ('fault' in parsed) throw new Error(parsed.fault);
  return parsed;
};

describe('a character of a password', () => {
  test.each(PRINTABLE)('%j works or is refused by its name, wherever it stands', (character) => {
    for (const protocol of PROTOCOLS) {
      for (const password of PLACES.map((place) => place(character))) {
        const parsed = parseLoginUrl(`${protocol}://reader:${password}@db.example:123/data?sslmode=require`);
        if (REFUSED.has(character)) {
          const { fault, suggestion } = parsed as UrlFault;
          expect(suggestion).toBe(`write ${character} as ${encodeURIComponent(character)}`);
          expect(fault).not.toMatch(/hun|ter2/);
        } else {
          expect(parsed).toMatchObject({
            ...{ protocol: `${protocol}:`, user: 'reader', password, host: 'db.example', port: 123 },
            path: 'data',
          });
        }
      }
    }
  });

  test.each(PRINTABLE)('%j works percent-encoded', (character) => {
    for (const password of PLACES.map((place) => place(character))) {
      const url = `mysql://${encodeURIComponent(password)}:${encodeURIComponent(password)}@h/d`;
      expect(read(url)).toMatchObject({ user: password, password, host: 'h' });
    }
  });

  // The first colon ends the user name, as in every URL.
  test.each(PRINTABLE.filter((character) => character !== ':'))('%j in a user name likewise', (character) => {
    for (const user of PLACES.map((place) => place(character))) {
      const parsed = parseLoginUrl(`postgres://${user}:secret@h/d`);
      if (REFUSED.has(character)) {
        expect((parsed as UrlFault).suggestion).toBe(
          `write ${character} as ${encodeURIComponent(character)}`,
        );
      } else expect(parsed).toMatchObject({ user, password: 'secret', host: 'h' });
    }
  });

  test('that is not ASCII works, encoded or not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (password) => {
        fc.pre(!/[/?#%]/.test(password) && password.isWellFormed());
        expect(read(`postgres://u:${password}@h/d`)).toMatchObject({ password, host: 'h' });
        const encoded = read(`postgres://u:${encodeURIComponent(password)}@h/d`);
        expect(encoded).toMatchObject({ password, host: 'h', path: 'd' });
        expect(read(encoded.encoded)).toMatchObject({ user: 'u', password, host: 'h', path: 'd' });
      }),
    );
  });
});

describe('a URL with a login', () => {
  test.each([
    ['postgres://u:?hunter2@h/db', 'write ? as %3F'],
    ['postgres://u:12#34@h/db', 'write # as %23'],
    ['postgres://u:12/34@h/db', 'write / as %2F'],
    ['postgres://u:100%sure@h/db', 'write % as %25'],
    ['postgres://u:%ff@h/db', 'write % as %25'],
    ['postgres://u:a?b/c#d%@h/db', 'write ? as %3F, / as %2F, # as %23, % as %25'],
    ['postgres://u:p@x/y@h/db', 'write / as %2F, or an @ after the host as %40'],
    ['postgres://u:p@h/db?sslrootcert=/a@b', 'write / as %2F, ? as %3F, or an @ after the host as %40'],
    ['postgres://u:p@h/d#b', 'write # as %23'],
    ['postgres://u:p@h/d%b', 'write % as %25'],
  ])('%s is refused: %s', (url, suggestion) => {
    expect(parseLoginUrl(url)).toEqual({ fault: expect.any(String), suggestion });
  });

  test.each(['', 'hunter2', 'postgres:/u:p@h', 'postgres://u:p@h:70000', 'postgres://u:p@h:x', 'a://[x]/y'])(
    '%j is none',
    (url) => {
      expect(parseLoginUrl(url)).toEqual({ fault: expect.stringMatching(/^a URL/) });
    },
  );

  test('has every part decoded', () => {
    expect(read('MySQL://a%40b:c:d@[::1]:1/my%20data?a=%26&b')).toEqual({
      ...{ protocol: 'mysql:', user: 'a@b', password: 'c:d', host: '::1', port: 1, path: 'my data' },
      parameters: new URLSearchParams({ a: '&', b: '' }),
      encoded: 'MySQL://a%40b:c%3Ad@[::1]:1/my%20data?a=%26&b',
    });
    expect(read('mysql://u@%2Frun%2Fmysqld.sock/d')).toMatchObject({ host: '/run/mysqld.sock', user: 'u' });
    expect(read('postgres:///d')).toMatchObject({ user: '', password: '', host: '', path: 'd' });
  });
});

describe('the configuration', () => {
  const told = (files: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>>) =>
    loadFiles(files, { ...ENVIRONMENT, ...environment }).problems.map((problem) =>
      formatProblem(problem, { excerpt: true }),
    );
  const quoted = (text: string) => `'${text.replaceAll("'", "''").replaceAll('${', '$${')}'`;

  test.each([...REFUSED])('refuses a %s in a password at its place and shows no part of it', (character) => {
    for (const password of PLACES.map((place) => place(character))) {
      const url = `postgres://u:${password}@h/db`;
      const written = { 'config.yaml': CONFIG.replace('${DATABASE_URL}', quoted(url)) };
      const parted = { 'config.yaml': CONFIG.replace('${DATABASE_URL}', "'postgres://u:${PW}@h/db'") };
      for (const problems of [
        told(written, {}),
        told({}, { DATABASE_URL: url }),
        told(parted, { PW: password }),
      ]) {
        expect(problems).toHaveLength(1);
        expect(problems[0]).toContain(
          'config.yaml:7:17  databases.benefits.connection: expected a URL with the',
        );
        expect(problems[0]).toContain(
          `; write ${character} as ${encodeURIComponent(character)}, or write a mapp`,
        );
        expect(problems[0]).not.toMatch(/hun|ter2/);
      }
    }
  });

  test.each([...REFUSED])('refuses a %s in the password of a proxy likewise', (character) => {
    for (const password of PLACES.map((place) => place(character))) {
      const proxy = `  proxy: ${quoted(`http://u:${password}@proxy:3128`)}\ndatabases:`;
      const [problem, ...others] = told({ 'config.yaml': CONFIG.replace('databases:', proxy) }, {});
      expect(others).toEqual([]);
      expect(problem).toContain('config.yaml:4:10  write_api.proxy: expected a URL with the');
      expect(problem).toContain(`; write ${character} as ${encodeURIComponent(character)}`);
      expect(problem).not.toMatch(/hun|ter2/);
    }
  });

  test.each(['https://u:hunter/2@h', 'https://u:12/hunter2@h', 'https://u:hunter#2@h', 'ftp://hunter2@h'])(
    'shows nothing of %s as the address of the write API',
    (url) => {
      const config = CONFIG.replace('https://www.performance.service.gov.uk', `"${url}"`);
      const [problem] = told({ 'config.yaml': config }, {});
      expect(problem).toContain('write_api.url: expected an address without user name and password, got one');
      expect(problem).not.toMatch(/hunter/);
    },
  );
});

test('every printable character works in the login of a proxy', () => {
  for (const character of PRINTABLE.filter((each) => !REFUSED.has(each))) {
    const proxy = parseProxy(`http://u:p${character}w@proxy`, new URL('https://h'), false);
    const login = Buffer.from(`u:p${character}w`).toString('base64');
    expect([proxy.url.href, proxy.authorization]).toEqual(['http://proxy/', `Basic ${login}`]);
  }
});
