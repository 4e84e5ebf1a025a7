import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FaultyServer, STORED, startFaultyServer } from '../support/faulty-server.ts';
import { ServiceOfVisits } from '../support/service-of-visits.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');

let api: RunningWriteApi;
let service: ServiceOfVisits;

beforeEach(async () => {
  api = await startWriteApi();
  service = await ServiceOfVisits.open(api.url);
  await service.visit(2);
  expect((await service.run('run', 'visits', '--from', '2014-06-01', '--to', '2014-06-03')).code).toBe(0);
});

afterEach(async () => {
  await service.close();
  await api.close();
});

describe('empty', () => {
  test.each(['visits', 'test/applications'])(
    'removes all records of %s and shows the answer',
    async (name) => {
      expect(await api.stored()).toHaveLength(2);
      const { code, stdout, stderr } = await service.run('empty', name, '--yes');
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: 'test/applications: test_applications now contains 0 records\n',
      });
      expect(stderr).toContain(`all records of test/applications on ${api.url} will be removed`);
      expect(stderr).toMatch(/do not send them again by themselves: visits\n/);
      expect(await api.stored()).toEqual([]);
    },
  );

  test('changes nothing when nobody can be asked', async () => {
    expect(await service.run('empty', 'visits')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('→ Give --yes to do it.'),
    });
    expect(await api.stored()).toHaveLength(2);
  });

  test.each([
    ['n', 2, 'nothing was changed'],
    ['y', 0, 'now contains 0 records'],
  ])('asks on a terminal, and takes %s for an answer', async (answer, left, shown) => {
    const child = spawn('script', ['-qec', `${process.execPath} ${MAIN} empty visits`, '/dev/null'], {
      cwd: service.workplace.folder,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let screen = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
      if (text.includes('[y/N]')) child.stdin.write(`${answer}\r`);
    });
    const [code] = await once(child, 'close');
    expect({ code, screen }).toEqual({ code: 0, screen: expect.stringContaining(shown) });
    expect(await api.stored()).toHaveLength(left);
  });

  test.each([
    ['vists', 'Did you mean visits?'],
    ['test/aplications', 'Did you mean test/applications?'],
    ['other/thing', 'The data sets of the jobs are: test/applications.'],
  ])('of %s, which does not exist, is wrong usage', async (name, remedy) => {
    expect(await service.run('empty', name, '--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(remedy),
    });
    expect(await api.stored()).toHaveLength(2);
  });

  describe('of a write host that', () => {
    let server: FaultyServer;

    beforeEach(async () => {
      server = await startFaultyServer();
      service.sendTo(server.url);
    });

    afterEach(() => server.close());

    test('fails for the time being is repeated', async () => {
      server.script({ status: 503 }, { fault: 'reset-after-body' }, STORED);
      expect(await service.run('empty', 'visits', '--yes')).toMatchObject({
        code: 0,
        stdout: 'test/applications: emptied\n',
      });
      expect(server.requests.map(({ method, text }) => [method, text])).toEqual(Array(3).fill(['PUT', '[]']));
    });

    test('refuses the token ends with 6, keeps failing with 5; the token is not shown', async () => {
      server.otherwise({ status: 401, body: { message: "bad token 'the-token'" } });
      const refused = await service.run('empty', 'visits', '--yes');
      server.otherwise({ status: 503 });
      const failing = await service.run('empty', 'visits', '--yes');
      expect([refused.code, failing.code]).toEqual([6, 5]);
      expect(refused.stderr + failing.stderr).not.toContain('the-token');
      expect(refused.stdout + failing.stdout).toBe('');
    });
  });
});
