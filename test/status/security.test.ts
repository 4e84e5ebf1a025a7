import { describe, expect, test } from 'vitest';
import { BEARER, basic, listeningWith, serverWith, TOKEN } from './server-under-test.ts';

const CSP =
  "default-src 'none';style-src 'self';img-src 'self' data:;form-action 'self';frame-ancestors 'none';base-uri 'none'";

describe('the token', () => {
  const statusWith = async (authorization: string) => {
    const { app } = await serverWith({}, { token: TOKEN });
    return (await app.inject({ url: '/api/jobs', headers: { authorization } })).statusCode;
  };

  test('is taken as Bearer, and as the password of any name', async () => {
    expect(await statusWith(BEARER.authorization)).toBe(200);
    expect(await statusWith(BEARER.authorization.replace('Bearer', 'bearer'))).toBe(200);
    expect(await statusWith(basic('anybody', TOKEN).authorization)).toBe(200);
    expect(await statusWith(basic('', TOKEN).authorization)).toBe(200);
  });

  test.each([
    'Bearer',
    'Bearer  ',
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Digest ${TOKEN}`,
    TOKEN,
    basic(TOKEN, '').authorization,
    `Basic ${Buffer.from(TOKEN).toString('base64')}`,
    'Basic !!!!',
    `${basic('a', TOKEN).authorization}YQ==`,
  ])('is not taken as %j', async (authorization) => {
    expect(await statusWith(authorization)).toBe(401);
  });

  test('may hold a colon', async () => {
    const { app } = await serverWith({}, { token: 'a:b' });
    expect((await app.inject({ url: '/', headers: basic('x', 'a:b') })).statusCode).toBe(200);
    expect((await app.inject({ url: '/', headers: basic('x:a', 'b') })).statusCode).toBe(200);
    expect((await app.inject({ url: '/', headers: basic('x', 'b') })).statusCode).toBe(401);
  });

  test('is asked for in a way that browsers understand, and no answer repeats it', async () => {
    const { port, logged } = await listeningWith({}, { token: TOKEN });
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      headers: { authorization: 'Bearer wrong-one' },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="pp-db-collector", charset="UTF-8"');
    expect(await answer.text()).toBe('The token is wrong.\n');
    expect(logged).toEqual([]);
  });

  test('hides which paths and jobs there are', async () => {
    const { app } = await serverWith({}, { token: TOKEN });
    const answers = await Promise.all(
      ['/api/jobs/transactions-by-channel', '/api/jobs/nothing', '/api/else'].map((url) => app.inject(url)),
    );
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
  });
});

describe('every answer', () => {
  test.each([
    '/',
    '/jobs/transactions-by-channel',
    '/api/jobs',
    '/metrics',
    '/healthz',
    '/assets/style.css',
    '/nothing',
    '/api/nothing',
  ])('to %s lets nothing in and out of the page', async (url) => {
    const { app } = await serverWith();
    const { headers } = await app.inject(url);
    expect(headers).toMatchObject({
      'content-security-policy': CSP,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('to a wrong token and to a failure has the same headers', async () => {
    const { app } = await serverWith({ jobs: () => Promise.reject(new Error('x')) }, { token: TOKEN });
    for (const headers of [{}, BEARER]) {
      const answer = await app.inject({ url: '/api/jobs', headers });
      expect(answer.headers).toMatchObject({ 'content-security-policy': CSP, 'cache-control': 'no-store' });
    }
  });
});

describe('what fails', () => {
  test('is told to nobody but the log', async () => {
    const { app, logged } = await serverWith({
      jobs: () => Promise.reject(new Error('SQLITE_IOERR /var/lib/x')),
    });
    const answer = await app.inject('/api/jobs');
    expect([answer.statusCode, answer.json()]).toEqual([
      500,
      { status: 'error', message: 'The request failed; the log has more under req-1.' },
    ]);
    expect(logged).toMatchObject([
      { code: 'PPDB-0013', request: 'req-1', route: 'GET /api/jobs', reason: 'SQLITE_IOERR /var/lib/x' },
    ]);
  });

  test('is told with the reason and what to do when that is made for people, as a state that is away is', async () => {
    const away = Object.assign(new Error('the state database cannot be used: nobody listens there'), {
      side: 'source',
      remedy: 'See that the server runs.',
    });
    const text = () => Promise.reject(away);
    const { app, logged } = await serverWith(
      { jobs: text },
      { metrics: { contentType: 'text/plain', text } },
    );
    const told = 'the state database cannot be used: nobody listens there. See that the server runs.';
    const [json, page] = [await app.inject('/api/jobs'), await app.inject('/metrics')];
    expect([json.statusCode, json.json()]).toEqual([503, { status: 'error', message: told }]);
    expect([page.statusCode, page.body]).toEqual([503, `${told}\n`]);
    expect(logged[0]).toMatchObject({ code: 'PPDB-0013', reason: away.message, remedy: away.remedy });
    expect(logged[0]).not.toHaveProperty('err');
  });

  test('is text where people look', async () => {
    const text = () => Promise.reject(new Error('x'));
    const { app } = await serverWith({}, { metrics: { contentType: 'text/plain', text } });
    const answer = await app.inject('/metrics');
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([500, 'text/plain; charset=utf-8']);
    expect(answer.body).toBe('The request failed; the log has more under req-1.\n');
  });
});

describe('what there is not', () => {
  test('is JSON for programs and a page for people', async () => {
    const { app } = await serverWith();
    for (const url of ['/api', '/api/else', '/api/jobs/', '/api/jobs/x/else', '/api?x']) {
      const answer = await app.inject(url);
      expect([url, answer.statusCode, answer.json().status]).toEqual([url, 404, 'error']);
    }
    for (const url of ['/else', '/jobs/nothing', '/jobs', '/apis', '/assets/else.css', '/__proto__']) {
      const { statusCode, body } = await app.inject(url);
      expect([url, statusCode, body]).toEqual([url, 404, '<title>not found</title>']);
    }
  });

  test('is a method that an address does not take', async () => {
    const { app } = await serverWith();
    for (const url of [
      '/',
      '/metrics',
      '/healthz',
      '/jobs/a',
      '/api/jobs',
      '/api/jobs/a',
      '/api/jobs/a/runs?x',
    ]) {
      const answer = await app.inject({ method: 'POST', url });
      expect([url, answer.statusCode, answer.headers.allow]).toEqual([url, 405, 'GET, HEAD, OPTIONS']);
      const options = await app.inject({ method: 'OPTIONS', url });
      expect([options.statusCode, options.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
    }
    expect((await app.inject({ method: 'DELETE', url: '/api/jobs/a/run' })).statusCode).toBe(405);
  });

  test('is an address that is not UTF-8', async () => {
    const { port } = await listeningWith();
    const answer = await fetch(`http://127.0.0.1:${port}/jobs/%ff`);
    expect([answer.status, answer.headers.get('x-content-type-options')]).toEqual([400, 'nosniff']);
    expect(await answer.text()).toBe('The requested URL is not UTF-8.\n');
  });
});

test('HEAD gives the headers of GET without the body', async () => {
  const { port } = await listeningWith();
  for (const path of ['/', '/api/jobs', '/metrics', '/assets/style.css']) {
    const [get, head] = await Promise.all(
      ['GET', 'HEAD'].map((method) => fetch(`http://127.0.0.1:${port}${path}`, { method })),
    );
    expect(head?.status).toBe(200);
    expect(head?.headers.get('content-length')).toBe(get?.headers.get('content-length'));
    expect(head?.headers.get('content-type')).toBe(get?.headers.get('content-type'));
    expect(await head?.text()).toBe('');
  }
});

test('pages are HTML that refreshes itself, and styles are styles', async () => {
  const { app } = await serverWith();
  for (const url of ['/', '/jobs/transactions-by-channel?refresh=off']) {
    const { headers } = await app.inject(url);
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', refresh: '30' });
  }
  const style = await app.inject('/assets/style.css');
  expect([style.headers['content-type'], style.body]).toEqual(['text/css; charset=utf-8', 'body {}']);
});

test('the name by which the server is called does not matter to who has the token', async () => {
  const { app } = await serverWith({}, { token: TOKEN });
  for (const host of ['localhost', 'evil.example', '']) {
    expect((await app.inject({ url: '/api/jobs', headers: { host, ...BEARER } })).statusCode).toBe(200);
  }
});
