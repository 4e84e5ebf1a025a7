import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { messagesDocument } from '../../scripts/messages-document.ts';
import { CATALOGUES } from '../../src/cli/explain/explain.ts';
import { EXIT } from '../../src/cli/shell/exit-codes.ts';
import { PROBLEM_KINDS } from '../../src/config/problem-codes.ts';
import { MESSAGES } from '../../src/observe/messages/catalogue.ts';
import type { Message } from '../../src/observe/messages/message.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const messages = Object.values<Message>(MESSAGES);

/** The sources but those that write what the codes mean. */
const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .filter(
    (name) => !/^(?:observe\/messages\/(?!catalogue\.ts)|config\/(?:problem-codes|finding)\.ts)/.test(name),
  )
  .map((name) => readFileSync(join(ROOT, 'src', name), 'utf8'))
  .join('\n');

const document = readFileSync(join(ROOT, 'docs/messages.md'), 'utf8');
const all = CATALOGUES.flatMap(({ explanations }) => explanations.map(({ code }) => code));

describe('the messages of the log', () => {
  test('are all written somewhere, and none is written that is not in the catalogue', () => {
    const used = [...sources.matchAll(/\bMESSAGES\.(\w+)/g)].map(([, name = '']) => name);
    expect([...new Set(used)].sort()).toEqual(Object.keys(MESSAGES).sort());
    expect(sources).not.toMatch(/['"`]PPDB-\d/);
  });

  test('have codes of one form, each its own, in order', () => {
    const codes = messages.map(({ code }) => code);
    expect(codes.filter((code) => !/^PPDB-\d{4}$/.test(code))).toEqual([]);
    expect(codes).toEqual([...new Set(codes)].sort());
  });

  test('say what led to it wherever something is wrong, and what to do everywhere', () => {
    const wrong = messages.filter(({ level }) => level === 'warn' || level === 'error');
    expect(wrong.filter(({ causes }) => causes.length === 0)).toEqual([]);
    const sentences = messages.flatMap(({ meaning, action }) => [meaning, action]);
    expect(sentences.filter((text) => !/^[A-Z].*\.$/.test(text))).toEqual([]);
    expect(messages.filter(({ safeToRerun }) => !/^(yes|[A-Z].*\.)$/.test(safeToRerun))).toEqual([]);
  });
});

test('every kind of mistake in files is found somewhere', () => {
  expect(Object.keys(PROBLEM_KINDS).filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
});

test('every exit code is explained', () => {
  expect(all.filter((code) => /^\d+$/.test(code)).map(Number)).toEqual(Object.values(EXIT));
});

test('no code means two things', () => {
  expect(all).toEqual([...new Set(all)]);
});

describe('docs/messages.md', () => {
  test('is current (npm run generate writes it anew)', () => {
    expect(document).toBe(messagesDocument());
  });

  test('explains every code, and no other', () => {
    expect([...document.matchAll(/^### ([\w-]+): /gm)].map(([, code]) => code)).toEqual(all);
  });
});
