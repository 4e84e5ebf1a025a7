import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../src/config/problem.ts';
import { SecretMask } from '../../src/config/secret.ts';
import { ENVIRONMENT, JOB, loadFiles } from './folder.ts';

const TOKEN = '0f3a/7c+9e1b"5d82?4ac6';
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a secret is left out of a text', () => {
  const mask = new SecretMask([TOKEN, 'hunter2', 'a']);

  test.each([
    ['as it is', `the token ${TOKEN} is wrong`, 'the token <secret> is wrong'],
    ['twice, beside another', `${TOKEN}hunter2,${TOKEN}`, '<secret><secret>,<secret>'],
    ['percent-encoded', `?t=${encodeURIComponent(TOKEN)}&x`, '?t=<secret>&x'],
    ['in JSON', JSON.stringify({ token: TOKEN }), '{"token":"<secret>"}'],
    ['by its first 12 characters', `${TOKEN.slice(0, 12)}…`, '<secret>…'],
    ['not by fewer', TOKEN.slice(0, 11), TOKEN.slice(0, 11)],
    ['but a letter is no secret', 'a', 'a'],
  ])('%s', (_, text, expected) => {
    expect(mask.mask(text)).toBe(expected);
  });

  test.each(['', 'u:', 'us:', 'user:'])('in base64 behind %j', (before) => {
    const shown = mask.mask(`Basic ${base64(before + TOKEN)}`);
    expect(shown).toMatch(/^Basic \S{0,7}<secret>\S{0,3}$/);
    expect(mask.mask(base64(before + TOKEN.slice(0, 16)))).toContain('<secret>');
  });

  test('wherever it stands among others', () => {
    const secret = fc.string({ minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(secret, secret, fc.string(), (one, other, between) => {
        const shown = new SecretMask([one, other]).mask(`${between}${one}${between}${other}`);
        const rest = shown.replaceAll('<secret>', '');
        fc.pre(!between.includes(one) && !between.includes(other));
        expect(rest.length).toBeLessThanOrEqual(between.length * 2);
      }),
    );
  });
});

test.each([
  ['a key', `${TOKEN.replace('"', '')}: x`],
  ['the message of a variable', 'description: "${UNSET:?set it to 0f3a7c9e1b5d824ac6}"'],
  ['a value of another key', 'timezone: 0f3a7c9e1b5d824ac6'],
  ['the beginning of one', 'timezone: 0f3a7c9e1b5d82'],
  ['a password', 'timezone: hunter2'],
])('a token that is told elsewhere is left out of messages: %s', (_, line) => {
  const job = `${JOB.replace('${TOKEN}', '0f3a7c9e1b5d824ac6')}${line}\n`;
  const { problems } = loadFiles(
    { 'collectors/one.yaml': job },
    { ...ENVIRONMENT, TOKEN: TOKEN.replace('"', '') },
  );
  const told = problems.map((problem) => formatProblem(problem, { excerpt: true })).join('\n');
  expect(told).toContain('<secret>');
  expect(told).not.toMatch(/0f3a|hunter2/);
});
