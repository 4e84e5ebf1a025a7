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
  let writeApiPort: number;
  /** What each container would have; the write API shares that of the first replica. */
  let replicas: readonly { readonly workplace: Workplace; readonly port: number }[];

  beforeAll(async () => {
    server = await startPostgresql();
    writeApiPort = await freePort();
    replicas = await Promise.all(Array.from({ length: collector.deploy.replicas }, withFiles));
    const file = join(ROOT, 'deploy/compose/database.sql');
    await promisify(execFile)('psql', ['--quiet', '-v', 'ON_ERROR_STOP=1', '--file', file, server.url]);
  });

  afterAll(async () => {
    for (const { workplace } of replicas) workplace.remove();
    await server.stop();
  });

  async function withFiles() {
    const workplace = new Workplace();
    const port = await freePort();
    cpSync(join(ROOT, 'deploy/compose'), workplace.folder, { recursive: true });
    listenHere(join(workplace.folder, 'write-api.yaml'), 3_039, writeApiPort);
    listenHere(join(workplace.folder, 'config.yaml'), 9_464, port);
    return { workplace, port };
  }

  function listenHere(file: string, inContainer: number, port: number): void {
    const text = readFileSync(file, 'utf8');
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
          .replace('//write-api:3039', `//127.0.0.1:${writeApiPort}`),
      ]),
    );

  const healthy = (service: { healthcheck: { test: string[] } }, port: number) => {
    const [, program = '', address = ''] = service.healthcheck.test;
    return promisify(execFile)(join(ROOT, 'scripts/image', program), [address.replace(/^\d+/, String(port))]);
  };

  const succeeded = (daemon: RunningDaemon, job: string) =>
    daemon.next('PPDB-0103', (line) => line.job === job && line.outcome === 'succeeded').then(() => daemon);

  test('collect the rows of the table into the write API, and go on when a replica is killed', async () => {
    const [first] = replicas;
    const [command, file] = writeApi.command;
    const api = first?.workplace.start([command, file.replace('/etc/pp-db-collector/', '')], {
      environment: environmentOf(writeApi),
    });
    const daemons = replicas.map(
      ({ workplace }) => new RunningDaemon(workplace, [], environmentOf(collector)),
    );
    try {
      const one = await Promise.any(daemons.map((daemon) => succeeded(daemon, 'application-events')));
      await Promise.all(replicas.map(({ port }) => healthy(collector, port)));
      await healthy(writeApi, writeApiPort);
      const answer = await fetch(
        `http://127.0.0.1:${writeApiPort}/data/housing/application-events?filter_by=channel:paper`,
      );
      expect(((await answer.json()) as { data: unknown[] }).data.length).toBeGreaterThan(900);

      one.child.kill('SIGKILL');
      const [other] = daemons.filter((daemon) => daemon !== one);
      if (other === undefined) throw new Error('there is one replica alone');
      await succeeded(other, 'applications-by-channel');
    } finally {
      for (const { child } of daemons) child.kill();
      api?.child.kill();
      await Promise.all([...daemons.map(({ ended }) => ended), api?.ended]);
    }
  }, 300_000);
});
