import type { TestProject } from 'vitest/node';
import { installDebianPackage } from './debian-package.ts';
import { hasMariadb, probe as probeMariadb, startMariadb } from './private-mariadb.ts';
import { hasPostgresql, probe as probePostgresql, startPostgresql } from './private-postgresql.ts';
import type { PrivateServer } from './private-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgresUrl: string;
    readonly mysqlUrl: string;
  }
}

interface Kind {
  readonly variable: string;
  readonly usual: string;
  readonly debianPackage: string;
  probe(url: string): Promise<void>;
  isInstalled(): boolean;
  start(): Promise<PrivateServer>;
}

const POSTGRESQL: Kind = {
  variable: 'TEST_POSTGRES_URL',
  usual: 'postgres://postgres@127.0.0.1:5432/postgres',
  debianPackage: 'postgresql',
  probe: probePostgresql,
  isInstalled: hasPostgresql,
  start: startPostgresql,
};

const MYSQL: Kind = {
  variable: 'TEST_MYSQL_URL',
  usual: 'mysql://root@127.0.0.1:3306',
  debianPackage: 'mariadb-server',
  probe: probeMariadb,
  isInstalled: hasMariadb,
  start: startMariadb,
};

/** Finds the database servers that the tests use, or starts them; returns what stops those that were started. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const started: PrivateServer[] = [];
  const urlOf = async (kind: Kind) => {
    const given = process.env[kind.variable];
    if (given !== undefined) return given;
    if (await answers(kind)) return kind.usual;
    if (!kind.isInstalled()) {
      installDebianPackage(kind.debianPackage, `, or name a server in ${kind.variable}`);
    }
    const server = await kind.start();
    started.push(server);
    return server.url;
  };
  project.provide('postgresUrl', await urlOf(POSTGRESQL));
  project.provide('mysqlUrl', await urlOf(MYSQL));
  return async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
}

const answers = (kind: Kind) =>
  kind.probe(kind.usual).then(
    () => true,
    () => false,
  );
