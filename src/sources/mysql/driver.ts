import type { Connection } from 'mysql2';
import { KnexPool } from '../knex-pool.ts';
import { locateServer, serverAddress } from '../server-address.ts';
import type { Driver } from '../session.ts';
import { ADDRESS, connectionOptions } from './address.ts';
import { explainMysql } from './failures.ts';
import { MysqlSession } from './session.ts';

export const driver: Driver<Connection> = {
  openPool: (name, settings) =>
    KnexPool.open(settings, () => serverAddress(name, settings, ADDRESS), connectionOptions),
  locate: (name, settings) => locateServer(name, settings, ADDRESS),
  session: (connection, circumstances, settings) => new MysqlSession(connection, circumstances, settings),
  explain: explainMysql,
};
