import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/write-api/redact.ts';

const TOKEN = 'a/b+c"d&é=%0\\x';

describe('a redacted text', () => {
  it.each([
    ['as it is', TOKEN],
    ['URL-encoded', encodeURIComponent(TOKEN)],
    ['URL-encoded in lower case', encodeURIComponent(TOKEN).toLowerCase()],
    ['as JSON', JSON.stringify(TOKEN)],
    ['as JSON in ASCII', JSON.stringify(TOKEN).replace('é', '\\u00e9').replace('/', '\\/')],
    ['as JSON in JSON', JSON.stringify(JSON.stringify(TOKEN))],
    ['as a Python literal', TOKEN.replace('\\', '\\\\').replace('é', '\\xe9')],
    [
      'as HTML',
      TOKEN.replace('&', '&amp;').replace('"', '&quot;').replace('é', '&#xE9;').replace('/', '&#47;'),
    ],
  ])('hides a secret spelled %s', (_how, spelled) => {
    const text = createRedactor([TOKEN])(`begin ${spelled} end`);
    expect(text).toMatch(/^begin \W?\W?\W?<secret>\W* end$/);
  });

  it('shows no printable ASCII secret in any of the usual encodings', () => {
    const secret = fc.string({ unit: 'grapheme-ascii', minLength: 4, maxLength: 80 });
    fc.assert(
      fc.property(
        secret.filter((text) => /^[\x21-\x7e]+$/.test(text) && !'<secret>'.includes(text)),
        fc.constantFrom<(text: string) => string>(String, encodeURIComponent, JSON.stringify),
        (token, spelling) => {
          const text = createRedactor([token])(`x ${spelling(token)} y`);
          expect(text).not.toContain(token);
          expect(text).toContain('<secret>');
        },
      ),
    );
  });

  it('hides a secret that reaches beyond the cut', () => {
    const token = 'abcdefghijklmnopqrstuvwxyz0123456789';
    const text = createRedactor([token])(`${'-'.repeat(290)}${token}`);
    expect(text).toBe(`${'-'.repeat(290)}<secret>`);
  });

  it('does not put a secret together that control characters take apart', () => {
    expect(createRedactor(['token'])('to\u0000ken to\nken')).toBe('to ken to ken');
  });

  it('hides the longer of two secrets whole', () => {
    expect(createRedactor(['pass', 'password'])('password pass')).toBe('<secret> <secret>');
  });

  it('is one line of at most 300 characters without control characters', () => {
    const text = createRedactor([])(`a\r\n\u001b[31mb\u202e\u2028c ${'😀'.repeat(400)}`);
    expect(text.startsWith('a [31mb c 😀')).toBe(true);
    expect(text.length).toBeLessThanOrEqual(300);
    expect(text.isWellFormed()).toBe(true);
    expect(text.endsWith('…')).toBe(true);
  });

  it('leaves texts alone when the secrets are empty', () => {
    expect(createRedactor(['', ' '])('as it is')).toBe('as it is');
  });

  it('does not take for ever to be made from a megabyte of near misses', () => {
    const nearMiss = `${'a'.repeat(62)}\\\\\\\\&#00000`;
    expect(createRedactor(['a'.repeat(63)])(nearMiss.repeat(13_000))).toHaveLength(300);
  });
});

it('leaves out the base64 of a token, behind a user name too, and what begins as it does', () => {
  const redact = createRedactor(['0f3a7c9e1b5d824ac6']);
  const basic = Buffer.from('user:0f3a7c9e1b5d824ac6').toString('base64');
  expect(redact(`wrong: 0f3a7c9e1b5d and ${basic}`)).toMatch(/^wrong: <secret> and \S{0,7}<secret>\S{0,3}$/);
});
