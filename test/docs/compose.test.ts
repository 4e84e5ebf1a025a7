import { execFile, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startPostgresql } from '../support/private-postgresql.ts';
import { freePort, type PrivateServer } from '../support/private-server.ts';
import { Workplace } from '../support/program.ts';
import { RunningDaemon } from '../support/running-daemon.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const COMPOSE = parse(readFileSync(join(ROOT, 'compose.yaml'), 'utf8'), { merge: true });
const { database, collector, 'write-api': writeApi } = COMPOSE.services;

describe('compose.yaml', () => {
  /** What is wrong with a file by the schema and rules of Compose; empty when nothing is. */
  const mistakes = (file: string) =>
    spawnSync(join(ROOT, 'node_modules/.bin/dclint'), ['--quiet', file], { encoding: 'utf8' }).stdout.trim();

  test('is what the specification of Compose calls one', () => {
    expect(mistakes(join(ROOT, 'compose.yaml'))).toBe('');
    const workplace = new Workplace();
    workplace.write('compose.yaml', 'services: { collector: { image: pp-db-collector, command: 1 } }');
    expect(mistakes(join(workplace.folder, 'compose.yaml'))).toContain('command');
    workplace.remove();
  });

  test('mounts what there is, and volumes that it declares', () => {
    const mounts = [database, writeApi, collector].flatMap(({ volumes }) => volumes as string[]);
    expect(mounts.length).toBeGreaterThan(3);
    for (const mount of mounts) {
      const [source = ''] = mount.split(':');
      if (source.startsWith('./')) expect(existsSync(join(ROOT, source)), source).toBe(true);
      else expect(COMPOSE.volumes).toHaveProperty(source);
    }
  });

  test('publishes ports to this machine alone', () => {
    for (const { ports } of [writeApi, collector])
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    expect(database.ports).toBeUndefined();
  });
});

describe('the processes of compose.yaml, on this machine', () => {
  let server: PrivateServer;
  let workplace: Workplace;
  let ports: { readonly 'write-api': number; readonly collector: number };

  beforeAll(async () => {
    server = await startPostgresql();
    ports = { 'write-api': await freePort(), collector: await freePort() };
    workplace = new Workplace();
    cpSync(join(ROOT, 'deploy/compose'), workplace.folder, { recursive: true });
    listenHere('write-api.yaml', 3_039, ports['write-api']);
    listenHere('config.yaml', 9_464, ports.collector);
    const file = join(workplace.folder, 'database.sql');
    await promisify(execFile)('psql', ['--quiet', '-v', 'ON_ERROR_STOP=1', '--file', file, server.url]);
  });

  afterAll(async () => {
    workplace.remove();
    await server.stop();
  });

  function listenHere(name: string, inContainer: number, port: number): void {
    const file = join(workplace.folder, name);
    const text = readFileSync(file, 'utf8').replace(/\/var\/lib\/pp-db-collector/, 'state');
    expect(text).toContain(`0.0.0.0:${inContainer}`);
    writeFileSync(file, text.replace(`0.0.0.0:${inContainer}`, `127.0.0.1:${port}`));
  }

  /** The environment of a service, with this machine in place of the other services. */
  const environmentOf = (service: { environment: Record<string, string> }) =>
    Object.fromEntries(
      Object.entries(service.environment).map(([name, value]) => [
        name,
        value
          .replace('@database/', `@127.0.0.1:${server.port}/`)
          .replace('//write-api:3039', `//127.0.0.1:${ports['write-api']}`),
      ]),
    );

  const healthy = (service: { healthcheck: { test: string[] } }, port: number) => {
    const [, program = '', address = ''] = service.healthcheck.test;
    return promisify(execFile)(join(ROOT, 'scripts/image', program), [address.replace(/^\d+/, String(port))]);
  };

  test('collect the rows of the table into the write API, and answer their health checks', async () => {
    const [command, file] = writeApi.command;
    const api = workplace.start([command, file.replace('/etc/pp-db-collector/', '')], {
      environment: environmentOf(writeApi),
    });
    const daemon = new RunningDaemon(workplace, [], environmentOf(collector));
    try {
      const ended = await Promise.all(
        ['applications-by-channel', 'application-events'].map((job) =>
          daemon.line('PPDB-0103', (line) => line.job === job && line.outcome === 'succeeded'),
        ),
      );
      expect(ended.map(({ dead_letters }) => dead_letters)).toEqual([0, 0]);
      await Promise.all([healthy(writeApi, ports['write-api']), healthy(collector, ports.collector)]);
      const answer = await fetch(
        `http://127.0.0.1:${ports['write-api']}/data/housing/application-events?filter_by=channel:paper`,
      );
      expect(((await answer.json()) as { data: unknown[] }).data.length).toBeGreaterThan(900);
    } finally {
      daemon.child.kill();
      api.child.kill();
      await Promise.all([daemon.ended, api.ended]);
    }
  }, 180_000);
});
