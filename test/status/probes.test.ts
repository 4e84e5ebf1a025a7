import { describe, expect, test } from 'vitest';
import { BEARER, listeningWith, serverWith, TOKEN } from './server-under-test.ts';

class StateError extends Error {
  readonly side = 'config';
}

const fails = (error: Error) => ({ checkHealth: () => Promise.reject(error) });

describe('/healthz', () => {
  test('is 200 while the daemon can do its work', async () => {
    const { app, logged } = await serverWith();
    const answer = await app.inject('/healthz');
    expect([answer.statusCode, answer.body]).toEqual([200, 'ok\n']);
    expect(logged).toEqual([]);
  });

  test('is 503 with the reason, which the log has as well, when it cannot', async () => {
    const { app, logged } = await serverWith(fails(new StateError('the disk is full')));
    const answer = await app.inject('/healthz');
    expect([answer.statusCode, answer.body]).toEqual([503, 'the disk is full\n']);
    expect(logged).toMatchObject([{ code: 'PPDB-0012', reason: 'the disk is full' }]);
  });

  test('tells nothing of an error that nobody expected', async () => {
    const { app, logged } = await serverWith(fails(new Error('cannot read /etc/secret of undefined')));
    const answer = await app.inject('/healthz');
    expect([answer.statusCode, answer.body]).toEqual([
      503,
      'the process cannot do its work; the log has more\n',
    ]);
    expect(logged).toMatchObject([{ reason: 'cannot read /etc/secret of undefined' }]);
  });

  test('is 503 after two seconds when the state hangs, and asks a hanging state once only', async () => {
    let checks = 0;
    const hanging = () => {
      checks += 1;
      return new Promise<void>(() => undefined);
    };
    const { app } = await serverWith({ checkHealth: hanging });
    const start = performance.now();
    const answers = await Promise.all([app.inject('/healthz'), app.inject('/healthz')]);
    expect(performance.now() - start).toBeGreaterThan(1_900);
    expect(performance.now() - start).toBeLessThan(4_000);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([503, 503]);
    expect(answers[0]?.body).toBe('the state does not answer within 2 s\n');
    expect(checks).toBe(1);
  });

  test('recovers with the state', async () => {
    let failing = true;
    const checkHealth = async () => {
      if (failing) throw new StateError('busy');
    };
    const { app } = await serverWith({ checkHealth });
    expect((await app.inject('/healthz')).statusCode).toBe(503);
    failing = false;
    expect((await app.inject('/healthz')).statusCode).toBe(200);
  });
});

describe('a state that a server keeps', () => {
  test('has /readyz say that it is away, and not /healthz, because a restart would mend nothing', async () => {
    const { app, logged } = await serverWith({
      ...fails(new StateError('nobody listens there')),
      hasStateServer: () => true,
    });
    const [healthz, readyz] = [await app.inject('/healthz'), await app.inject('/readyz')];
    expect([healthz.statusCode, healthz.body]).toEqual([200, 'ok\n']);
    expect([readyz.statusCode, readyz.body]).toEqual([503, 'not ready: nobody listens there\n']);
    expect(logged).toEqual([]);
  });
});

describe('/readyz', () => {
  test('is 200 while the daemon takes part, and 503 before and after', async () => {
    let ready = false;
    const notReady = { reason: 'starting or stopping', isBrief: true };
    const { app } = await serverWith({ notReadyBecause: () => (ready ? undefined : notReady) });
    expect((await app.inject('/readyz')).statusCode).toBe(503);
    ready = true;
    expect((await app.inject('/readyz')).statusCode).toBe(200);
    ready = false;
    const stopping = await app.inject('/readyz');
    expect([stopping.statusCode, stopping.body]).toEqual([503, 'not ready: starting or stopping\n']);
  });
});

test('the probes need no token, and everything else does', async () => {
  const { app } = await serverWith({}, { token: TOKEN });
  const paths = [
    '/healthz',
    '/readyz?verbose',
    '/metrics',
    '/',
    '/api/jobs',
    '/assets/style.css',
    '/nothing',
  ];
  const statuses = async (headers: Record<string, string>) =>
    (await Promise.all(paths.map((url) => app.inject({ url, headers })))).map(({ statusCode }) => statusCode);
  expect(await statuses({})).toEqual([200, 200, 401, 401, 401, 401, 401]);
  expect(await statuses(BEARER)).toEqual([200, 200, 200, 200, 200, 200, 404]);
});

test('probes answer on a real port, by GET and by HEAD', async () => {
  const { port } = await listeningWith({}, { token: TOKEN });
  const url = `http://127.0.0.1:${port}/healthz`;
  expect(await (await fetch(url)).text()).toBe('ok\n');
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '3', '']);
});
