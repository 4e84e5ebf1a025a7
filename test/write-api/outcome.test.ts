import { expect, it } from 'vitest';
import { kindOfAnswer, messagesIn } from '../../src/write-api/outcome.ts';

it.each([
  [101, { status: 'ok' }, 'wrong-address'],
  [200, { status: 'ok' }, 'stored'],
  [202, { status: 'ok', message: 'now contains 0 records' }, 'stored'],
  [200, { status: 'error' }, 'not-the-write-api'],
  [200, 'ok', 'not-the-write-api'],
  [200, null, 'not-the-write-api'],
  [204, undefined, 'not-the-write-api'],
  [300, { status: 'ok' }, 'wrong-address'],
  [301, { status: 'ok' }, 'wrong-address'],
  [307, undefined, 'wrong-address'],
  [400, undefined, 'record-refused'],
  [401, undefined, 'token-refused'],
  [403, undefined, 'token-refused'],
  [404, undefined, 'unknown-data-set'],
  [405, undefined, 'wrong-address'],
  [407, undefined, 'proxy-refused'],
  [408, undefined, 'not-now'],
  [410, undefined, 'unknown-data-set'],
  [411, undefined, 'refused'],
  [413, undefined, 'too-large'],
  [422, undefined, 'record-refused'],
  [425, undefined, 'not-now'],
  [429, undefined, 'not-now'],
  [500, { status: 'ok' }, 'not-now'],
  [599, undefined, 'not-now'],
])('%d with %j means %s', (status, body, kind) => {
  expect(kindOfAnswer(status, body)).toBe(kind);
});

const PLAIN_AT_TLS = 'The plain HTTP request was sent to HTTPS port';

it.each([
  [400, undefined, 'wants-tls'],
  [400, { status: 'error', messages: [PLAIN_AT_TLS] }, 'record-refused'],
  [404, undefined, 'unknown-data-set'],
  [200, undefined, 'not-the-write-api'],
])('%d with %j that speaks of plain HTTP means %s', (status, body, kind) => {
  expect(kindOfAnswer(status, body, PLAIN_AT_TLS)).toBe(kind);
});

it.each([
  [{ messages: ['a', { b: 1 }] }, ['a', '{"b":1}']],
  [{ message: 'a' }, ['a']],
  [{ message: 1 }, []],
  [{ messages: 'a', message: 'b' }, ['b']],
  [{ message: 'a', count: 1 }, ['a']],
  ['messages', []],
  [null, []],
  [undefined, []],
])('the reasons in %j are %j', (body, messages) => {
  expect(messagesIn(body)).toEqual(messages);
});
