import { describe, expect, test } from 'vitest';
import { OwnHosts } from '../../src/status/own-hosts.ts';
import { exchange } from '../support/wire.ts';
import { BEARER, listeningWith, serverWith, TOKEN } from './server-under-test.ts';

const takes = (listen: string, host: string | undefined, allowed: readonly string[] = []): boolean => {
  try {
    new OwnHosts(listen, allowed).require(host);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ status: 421, message: expect.stringContaining('http.allowed_hosts') });
    return false;
  }
};

describe('the names of the status page', () => {
  test.each([
    ['127.0.0.1', ['127.0.0.1', '127.0.0.1:9464', 'localhost', 'LOCALHOST.:80', '[::1]:9464', '127.9.9.9']],
    ['::1', ['[::1]', '[::1]:9464', 'localhost:1', '127.0.0.1']],
    ['localhost', ['localhost', '127.0.0.1', '[::1]']],
    ['192.0.2.7', ['192.0.2.7', '192.0.2.7:80']],
    ['status.internal', ['status.internal:9464', 'Status.Internal.']],
    ['0.0.0.0', ['10.1.2.3:9464', '[fd00::1]', 'localhost', '127.0.0.1']],
    ['::', ['10.1.2.3:9464', '[fd00::1]:9464', 'localhost']],
  ])('of a server at %s', (listen, hosts) => {
    for (const host of hosts) expect(takes(listen, host), host).toBe(true);
  });

  test.each([
    [
      '127.0.0.1',
      ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1', '', '@localhost'],
    ],
    [
      '127.0.0.1',
      ['localhost:9464:1', 'localhost/x', 'evil.example@localhost', 'evil localhost', '[localhost]'],
    ],
    ['192.0.2.7', ['localhost', '127.0.0.1', '192.0.2.70', 'evil.example']],
    ['0.0.0.0', ['evil.example', '10.1.2.3.evil.example', 'status.example']],
    ['::', ['evil.example:9464', '[fd00::g]']],
  ])('are no others, of a server at %s', (listen, hosts) => {
    for (const host of [undefined, ...hosts]) expect(takes(listen, host), host).toBe(false);
  });

  test('include those that are allowed', () => {
    const allowed = ['Status.example', '[fd00::1]'];
    for (const host of ['status.example', 'status.example:443', '[fd00::1]:1']) {
      expect(takes('127.0.0.1', host, allowed), host).toBe(true);
    }
    expect(takes('127.0.0.1', 'other.example', allowed)).toBe(false);
  });
});

describe('a request by a name of another site', () => {
  const paths = [
    '/',
    '/jobs/transactions-by-channel',
    '/api/jobs',
    '/api/jobs/x/runs',
    '/assets/style.css',
    '/x',
  ];
  const headers = { host: 'evil.example:9464' };

  test.each(paths)('learns nothing from %s', async (url) => {
    const { app } = await serverWith();
    const answer = await app.inject({ url, headers });
    expect([answer.statusCode, answer.body]).toEqual([
      421,
      expect.stringMatching(/^(?:\{"status":"error",)?.*This is not a/),
    ]);
  });

  test.each(['/healthz', '/readyz', '/metrics'])('may ask for %s, as schedulers do', async (url) => {
    const { app } = await serverWith();
    expect((await app.inject({ url, headers })).statusCode).toBe(200);
  });

  test('needs the token where there is one, and no more', async () => {
    const { app } = await serverWith({}, { token: TOKEN });
    expect((await app.inject({ url: '/', headers })).statusCode).toBe(401);
    expect((await app.inject({ url: '/', headers: { ...headers, ...BEARER } })).statusCode).toBe(200);
  });

  test.each([
    ['http://evil.example/api/jobs', 421],
    ['HTTP://localhost@evil.example/api/jobs', 421],
    ['http://localhost:80/api/jobs', 200],
  ])('in the address %s, beside another one in Host, gets %d', async (target, status) => {
    const { port } = await listeningWith();
    const answer = await exchange(
      port,
      `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(Number(answer.split(' ', 2)[1])).toBe(status);
  });

  test('without any name is refused, too', async () => {
    const { port } = await listeningWith();
    const answer = await exchange(port, 'GET /api/jobs HTTP/1.0\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 421 /);
  });
});
