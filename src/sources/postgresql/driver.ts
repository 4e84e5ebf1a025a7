import { KnexPool } from '../knex-pool.ts';
import { locateServer, serverAddress } from '../server-address.ts';
import type { Driver } from '../session.ts';
import { ADDRESS, connectionOptions } from './address.ts';
import type { PostgresqlClient } from './exchange.ts';
import { explainPostgresql } from './failures.ts';
import { PostgresqlSession } from './session.ts';

export const driver: Driver<PostgresqlClient> = {
  openPool: (name, settings) =>
    KnexPool.open(settings, () => serverAddress(name, settings, ADDRESS), connectionOptions),
  locate: (name, settings) => locateServer(name, settings, ADDRESS),
  session: (client, circumstances, settings) => new PostgresqlSession(client, circumstances, settings),
  explain: explainPostgresql,
};
