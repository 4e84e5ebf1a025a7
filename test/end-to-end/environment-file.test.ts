import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { test } from '../support/daemon-place.ts';
import { freePort } from '../support/private-server.ts';

const JOB = `database: source
schedule: "* * * * * *"
data_set: { data_group: test, data_type: visits, token: "\${VISITS_TOKEN}" }
snapshot: { period: hour }
query: SELECT 1 AS number
record: { id: [_timestamp] }
`;

const tokenOf = (headers: Record<string, unknown> | undefined) => headers?.authorization;

describe('a .env beside the configuration', () => {
  test('gives commands their variables, which the environment goes before and --env-file replaces', async ({
    place,
  }) => {
    await place.prepare('better-sqlite3');
    const { api, workplace } = place;
    api.otherwise(() => ({ status: 200, body: { status: 'ok' } }));
    workplace.write('collectors/visits.yaml', JOB);
    workplace.write('other.env', 'VISITS_TOKEN=named\n');
    const sent = async (args: readonly string[], environment: Record<string, string> = {}) => {
      const ended = await workplace.run(['run', 'visits', ...args], { environment });
      expect(ended.code, ended.stderr).toBe(0);
      return tokenOf(api.requests.at(-1)?.headers);
    };
    workplace.write('.env', 'VISITS_TOKEN="beside#it"\n');
    expect(await sent([])).toBe('Bearer beside#it');
    expect(await sent([], { VISITS_TOKEN: 'of-the-process' })).toBe('Bearer of-the-process');
    expect(await sent(['--environment-file', 'other.env'])).toBe('Bearer named');
    expect(await sent(['--env-file', 'other.env'])).toBe('Bearer named');
  });

  test('is warned of when others can read it, and its values are never shown', async ({ place }) => {
    await place.prepare('better-sqlite3');
    const { workplace } = place;
    workplace.write('collectors/visits.yaml', JOB.replace('"* *', '"${VISITS_TOKEN} *'));
    workplace.write('.env', 'VISITS_TOKEN=s3cret-token\n');
    chmodSync(join(workplace.folder, '.env'), 0o644);
    const { code, stdout, stderr } = await workplace.run(['check', '--offline']);
    expect(code).toBe(3);
    expect(stderr).toContain('.env:1:1  warning: expected a file that only its owner may read');
    expect(stderr).toContain('; run chmod 600 .env [exposed-secret]\n');
    expect(stdout + stderr).not.toContain('s3cret');
  });

  test('that is named and missing is the one mistake that is told', async ({ place }) => {
    await place.prepare('better-sqlite3');
    place.workplace.write('collectors/visits.yaml', JOB);
    const { code, stderr } = await place.workplace.run(['check', '--environment-file', 'absent.env']);
    expect(code).toBe(3);
    expect(stderr).toBe(
      'absent.env:1:1  expected a readable file of environment variables, got no such file or directory; ' +
        'name one that can be read [unreadable-file]\n' +
        '1 mistake in 1 file; `pp-db-collector explain unreadable-file` says more\n',
    );
  });

  test('is read again with the configuration', async ({ place }) => {
    await place.prepare('better-sqlite3');
    const { api, workplace } = place;
    workplace.write('collectors/visits.yaml', JOB);
    workplace.write('.env', 'VISITS_TOKEN=first\n');
    const daemon = place.start(['--watch']);
    await daemon.next('PPDB-0103');
    expect(tokenOf(api.requests.at(-1)?.headers)).toBe('Bearer first');
    workplace.write('.env', 'VISITS_TOKEN=second\n');
    await daemon.line('PPDB-0005');
    for (let runs = 0; runs < 2; runs++) await daemon.next('PPDB-0103');
    expect(tokenOf(api.requests.at(-1)?.headers)).toBe('Bearer second');
  });

  test('gives serve its variables', async ({ place }) => {
    const { workplace } = place;
    const port = await freePort();
    workplace.write('records.json', '[]');
    workplace.write('.env', 'VISITS_TOKEN=0123456789\n');
    workplace.write(
      'write-api.yaml',
      `listen: 127.0.0.1:${port}
storage: { file: records.sqlite }
data_sets: [{ data_group: test, data_type: visits, token: "\${VISITS_TOKEN}" }]
`,
    );
    const { child, ended } = workplace.start(['serve']);
    let status: number | undefined;
    while (status === undefined && child.exitCode === null) {
      const sent = await workplace.run([
        'send',
        '--url',
        `http://127.0.0.1:${port}/data/test/visits`,
        '--token',
        '0123456789',
        'records.json',
      ]);
      status = sent.code === 16 ? undefined : (sent.code ?? undefined);
    }
    child.kill('SIGTERM');
    expect((await ended).code).toBe(143);
    expect(status).toBe(0);
  });
});
