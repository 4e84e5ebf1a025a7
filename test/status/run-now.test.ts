import { describe, expect, test } from 'vitest';
import { BEARER, basic, listeningWith, serverWith, TOKEN } from './server-under-test.ts';

async function post(name: string, headers: Record<string, string>, token: string | undefined = TOKEN) {
  const asked: string[] = [];
  const answers = { idle: 'queued', busy: 'already-running' } as const;
  const runNow = async (job: string) => {
    asked.push(job);
    return Object.hasOwn(answers, job) ? answers[job as keyof typeof answers] : 'unknown';
  };
  const { app } = await serverWith({ runNow }, { token });
  const request = { method: 'POST', url: `/api/jobs/${name}/run`, headers } as const;
  const { statusCode, body, headers: sent } = await app.inject(request);
  return { status: statusCode, body, location: sent.location, asked };
}

const FORM = { ...basic('anybody', TOKEN), accept: 'text/html,*/*;q=0.8' };

describe('POST /api/jobs/:name/run', () => {
  test('queues a run', async () => {
    const { status, body, asked } = await post('idle', BEARER);
    expect([status, JSON.parse(body)]).toEqual([202, { job: 'idle', status: 'queued' }]);
    expect(asked).toEqual(['idle']);
  });

  test('is 409 while the job runs, 404 for a job that there is not', async () => {
    expect((await post('busy', BEARER)).status).toBe(409);
    expect((await post('nothing', BEARER)).status).toBe(404);
  });

  test.each([{}, { authorization: 'Bearer wrong' }, { authorization: 'Bearer ' }, basic(TOKEN, 'wrong')])(
    'is 401 with %j and starts nothing',
    async (headers) => {
      const { status, asked } = await post('idle', headers as Record<string, string>);
      expect([status, asked]).toEqual([401, []]);
    },
  );

  test.each([undefined, ''])('is 403 with the reason when the configured token is %j', async (token) => {
    const { app } = await serverWith({}, { token });
    for (const headers of [{}, BEARER, basic('a', ''), { authorization: 'Bearer ' }]) {
      const request = { method: 'POST', url: '/api/jobs/only-by-hand/run', headers } as const;
      const answer = await app.inject(request);
      expect(answer.statusCode).toBe(403);
      expect(answer.json().message).toContain('http.token is not set');
    }
    expect((await app.inject('/api/jobs')).statusCode).toBe(200);
  });

  test('shows the page of the job to a person who pressed the button, by a relative address', async () => {
    expect(await post('idle', FORM)).toMatchObject({
      status: 303,
      location: '../../../jobs/idle?run=queued',
    });
    expect(await post('busy', FORM)).toMatchObject({
      status: 303,
      location: '../../../jobs/busy?run=already-running',
    });
    const resolved = new URL('../../../jobs/idle', 'http://proxy/prefix/api/jobs/idle/run');
    expect(resolved.pathname).toBe('/prefix/jobs/idle');
  });

  test.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'http://evil.example', host: 'status.example' },
    { origin: 'null', host: 'status.example' },
    { origin: 'http://status.example:81', host: 'status.example' },
    { origin: 'http://status.example', 'sec-fetch-site': 'cross-site', host: 'status.example' },
  ])('is 403 for a form of another site, %j, and starts nothing', async (headers) => {
    const { status, asked } = await post('idle', { ...FORM, ...headers } as Record<string, string>);
    expect([status, asked]).toEqual([403, []]);
  });

  test.each([
    { 'sec-fetch-site': 'same-origin', origin: 'https://behind-a-proxy.example', host: 'inner' },
    { 'sec-fetch-site': 'none' },
    { origin: 'http://status.example:9464', host: 'Status.example:9464' },
  ])('is taken from its own page, %j', async (headers) => {
    expect((await post('idle', { ...FORM, ...headers } as Record<string, string>)).status).toBe(303);
  });

  test('takes a form as a browser sends it, and no large body', async () => {
    const { port } = await listeningWith({}, { token: TOKEN });
    const url = `http://127.0.0.1:${port}/api/jobs/only-by-hand/run`;
    const send = (body: BodyInit) => fetch(url, { method: 'POST', headers: BEARER, body });
    expect((await send(new URLSearchParams({ a: 'b' }))).status).toBe(202);
    expect((await send('')).status).toBe(202);
    expect((await send('x'.repeat(2_000))).status).toBe(413);
  });

  test('is not done by GET', async () => {
    const { app } = await serverWith({}, { token: TOKEN });
    const answer = await app.inject({ url: '/api/jobs/only-by-hand/run', headers: BEARER });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'POST, OPTIONS']);
  });
});
