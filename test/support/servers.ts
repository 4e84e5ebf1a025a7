import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { installDebianPackage } from './debian-package.ts';
import { hasMariadb, probe as probeMysql, startMariadb } from './private-mariadb.ts';
import { startMysql, unpackMysql } from './private-mysql.ts';
import { installPgbouncer, startPgbouncer } from './private-pgbouncer.ts';
import {
  hasPostgresql,
  probe as probePostgresql,
  startPostgresql,
  startPostgresql18,
  unpackPostgresql18,
} from './private-postgresql.ts';
import type { PrivateServer } from './private-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers GET /<name of a server> with its URL, and starts it when it is asked for the first time. */
    readonly serverDesk: string;
    /** The servers that it can give. */
    readonly servers: readonly ServerName[];
  }
}

export type ServerName = 'postgresql' | 'postgresql-18' | 'pgbouncer' | 'mariadb' | 'mysql';

/** Where a server is: named by whoever runs the tests, at its usual place, or started here. */
interface Kind {
  /** A server that is there already. */
  find(): Promise<string | undefined>;
  /** Brings its programs onto this machine, where they are missing; throws an error that says what to do. */
  install(): unknown;
  /** @param urlOf gives other servers, started as well when they are not there yet */
  start(urlOf: (name: ServerName) => Promise<string>): Promise<PrivateServer>;
}

const KINDS: Readonly<Record<ServerName, Kind>> = {
  postgresql: {
    find: async () =>
      process.env.TEST_POSTGRES_URL ??
      (await answering('postgres://postgres@127.0.0.1:5432/postgres', probePostgresql)),
    install: () => {
      if (!hasPostgresql()) installDebianPackage('postgresql', otherwise('TEST_POSTGRES_URL'));
    },
    start: () => startPostgresql(),
  },
  'postgresql-18': {
    find: async () => process.env.TEST_POSTGRES_18_URL,
    install: unpackPostgresql18,
    start: () => startPostgresql18(),
  },
  // By way of it the databases of postgresql are reached, a session of the server for each transaction.
  pgbouncer: {
    find: async () => undefined,
    install: installPgbouncer,
    start: async (urlOf) => startPgbouncer(await urlOf('postgresql')),
  },
  mariadb: {
    find: async () =>
      process.env.TEST_MARIADB_URL ??
      (await givenMysql(isMariadb)) ??
      (await answering('mysql://root@127.0.0.1:3306', probeMysql, isMariadb)),
    install: () => {
      if (!hasMariadb()) installDebianPackage('mariadb-server', otherwise('TEST_MARIADB_URL'));
    },
    start: () => startMariadb(),
  },
  mysql: {
    find: () => givenMysql((version) => !isMariadb(version)),
    install: unpackMysql,
    start: () => startMysql(),
  },
};

const otherwise = (variable: string) => `, or name a server in ${variable}`;
const isMariadb = (version: string) => version.includes('MariaDB');

/** TEST_MYSQL_URL may name either product. */
async function givenMysql(isWanted: (version: string) => boolean): Promise<string | undefined> {
  const url = process.env.TEST_MYSQL_URL;
  return url !== undefined && isWanted(await probeMysql(url)) ? url : undefined;
}

/** @param isWanted whether its version is one that is meant */
const answering = (
  url: string,
  probe: (url: string) => Promise<string>,
  isWanted: (version: string) => boolean = () => true,
) =>
  probe(url).then(
    (version) => (isWanted(version) ? url : undefined),
    () => undefined,
  );

/**
 * Gives out the servers that the tests use: those that nobody has asked for are not started. Returns what stops those
 * that were.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const found = await serversAtHand();
  for (const [name, kind] of Object.entries(KINDS) as [ServerName, Kind][])
    if (!found.has(name)) kind.install();
  return await openDesk(project, found, Object.keys(KINDS) as ServerName[]);
}

/** The servers that are there already, each with its URL. */
export async function serversAtHand(): Promise<Map<ServerName, string>> {
  const found = new Map<ServerName, string>();
  for (const [name, kind] of Object.entries(KINDS) as [ServerName, Kind][]) {
    const url = await kind.find();
    if (url !== undefined) found.set(name, url);
  }
  return found;
}

/** @param servers those that it gives, of which it starts what is not found */
export async function openDesk(
  project: TestProject,
  found: ReadonlyMap<ServerName, string>,
  servers: readonly ServerName[],
): Promise<() => Promise<void>> {
  const urls = new Map([...found].map(([name, url]) => [name, Promise.resolve(url)]));
  const started: PrivateServer[] = [];
  const urlOf = (name: ServerName): Promise<string> => {
    const url = urls.get(name) ?? start(name);
    urls.set(name, url);
    return url;
  };
  const start = async (name: ServerName) => {
    if (!servers.includes(name)) throw new Error(`no ${name} answers, and none is started here`);
    const server = await KINDS[name].start(urlOf);
    started.push(server);
    return server.url;
  };
  const desk = createServer((request, response) => {
    urlOf(request.url?.slice(1) as ServerName).then(
      (found) => response.end(found),
      (error: Error) => response.writeHead(503).end(error.message),
    );
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  project.provide('servers', servers);
  project.provide('serverDesk', `http://127.0.0.1:${(desk.address() as AddressInfo).port}`);
  return async () => {
    desk.close();
    desk.closeAllConnections();
    await Promise.allSettled(urls.values());
    await Promise.all(started.map((server) => server.stop()));
  };
}
