import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Column } from '../../model/row.ts';
import type { RowBatch } from '../../model/row-batch.ts';
import { packRows } from '../../model/row-packer.ts';
import type { Inspection } from '../inspection.ts';
import { RowMemories } from '../row-memory.ts';
import { type ServerAddress, serverAddress } from '../server-address.ts';
import type { DatabaseSettings, Session } from '../session.ts';
import type { Circumstances } from '../source-error.ts';
import type { SqlMode } from '../sql-tokens.ts';
import type { Statement } from '../statement.ts';
import { ADDRESS } from './address.ts';
import {
  type Exchange,
  type PostgresqlClient,
  type PreparedStatement,
  prepare,
  proceed,
  startExchange,
} from './exchange.ts';
import { inspectPostgresql, postgresqlClock } from './inspection.ts';
import { typeOf } from './parameters.ts';
import { RowTap } from './row-tap.ts';
import { SYNTAX } from './tokens.ts';
import { describeColumns, type PostgresqlColumn } from './types.ts';

/** pg's connection below its client, as far as a cancel request goes. */
interface RequestConnection extends EventEmitter {
  connect(portOrSocket: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
  readonly stream: { destroy(): void };
}

const LONGEST_REQUEST = 2_000;

/**
 * Asks the server to cancel what a backend runs. The request needs no login, so that it works when every connection
 * slot is taken. Resolves when the server has taken it, or cannot be asked.
 */
async function cancelOnServer(
  address: ServerAddress,
  backend: { readonly processID: number; readonly secretKey: number },
): Promise<void> {
  const { default: pg } = await import('pg');
  const connection = new pg.Connection({ ssl: address.ssl }) as unknown as RequestConnection;
  const { promise, resolve } = Promise.withResolvers<void>();
  const send = () => connection.cancel(backend.processID, backend.secretKey);
  connection.on('error', () => resolve());
  connection.on('end', () => resolve());
  connection.on('connect', address.ssl === false ? send : () => connection.requestSsl());
  connection.on('sslconnect', send);
  const socket = ADDRESS.socketPath(address.host, address.port);
  if (socket === undefined) connection.connect(address.port, address.host);
  else connection.connect(socket);
  const impatience = setTimeout(resolve, LONGEST_REQUEST);
  await promise;
  clearTimeout(impatience);
  connection.stream.destroy();
}

const ROWS_PER_BATCH = 1_000;
const REPEAT_CANCEL_AFTER = 100;
const REPEAT_CANCEL_FOR = 500;

export class PostgresqlSession implements Session {
  readonly #client: PostgresqlClient;
  readonly keepsTime = true;
  readonly #circumstances: Circumstances;
  readonly #settings: DatabaseSettings;
  #statement: PreparedStatement = { text: '', types: [] };
  #values: readonly string[] = [];
  readonly #memories = new RowMemories();
  #columns: readonly PostgresqlColumn[] = [];
  #answer: Promise<unknown> = Promise.resolve();
  #isLost = false;
  #progress: 'described' | 'reading' | 'read' = 'described';

  constructor(client: PostgresqlClient, circumstances: Circumstances, settings: DatabaseSettings) {
    this.#client = client;
    this.#circumstances = circumstances;
    this.#settings = settings;
  }

  /**
   * The settings are those of the transaction. Having them set is its first query, after which it cannot be made
   * writable.
   */
  async begin(applicationName: string): Promise<SqlMode> {
    const settings = {
      TimeZone: this.#circumstances.timezone,
      DateStyle: 'ISO, YMD',
      IntervalStyle: 'postgres',
      bytea_output: 'hex',
      extra_float_digits: '1',
      statement_timeout: String(this.#circumstances.queryTimeout),
      // While the write API is slow the transaction waits.
      idle_in_transaction_session_timeout: '0',
      application_name: applicationName,
    };
    await this.#client.query('begin isolation level repeatable read, read only');
    const calls = Object.keys(settings).map(
      (_, index) => `set_config($${index * 2 + 1}, $${index * 2 + 2}, true)`,
    );
    const { rows } = await this.#client.query(
      `select ${calls.join(', ')}, current_setting('standard_conforming_strings') as conforming`,
      Object.entries(settings).flat(),
    );
    return { ...SYNTAX.usualMode, backslashEscapes: rows[0]?.conforming === 'off' };
  }

  async describe({ text, parameters }: Statement): Promise<readonly Column[]> {
    this.#statement = { text, types: parameters.map(typeOf) };
    const prepared = prepare(this.#client, this.#statement);
    this.#answer = prepared;
    const { fields } = await prepared;
    this.#values = parameters.map((parameter) => parameter.text);
    this.#columns = fields.length === 0 ? [] : await describeColumns(this.#client, fields);
    return this.#columns.map(({ column }) => column);
  }

  async read(): Promise<RowBatch | undefined> {
    if (this.#progress === 'read') return undefined;
    const tap = RowTap.of(this.#client.connection.stream);
    const memory = this.#memories.next();
    tap.fill(memory);
    const pendingAnswer = this.#ask().finally(() => tap.fill(undefined));
    this.#answer = pendingAnswer;
    const answer = await pendingAnswer;
    this.#progress = answer.isSuspended ? 'reading' : 'read';
    return this.#converted(memory.batch(this.#columns.length));
  }

  #ask(): Promise<Exchange> {
    return this.#progress === 'described'
      ? startExchange(this.#client, this.#statement, this.#values, ROWS_PER_BATCH)
      : proceed(this.#client, ROWS_PER_BATCH);
  }

  #converted(rows: RowBatch): RowBatch {
    const converters = this.#columns.map(({ convert }) => convert);
    if (converters.every((convert) => convert === undefined)) return rows;
    const converted = rows
      .rows()
      .map((row) =>
        row.map((value, index) => (value === null ? null : (converters[index]?.(String(value)) ?? value))),
      );
    return packRows(converted);
  }

  /**
   * Everything that a query can leave behind ends with its transaction, but for these locks. What came after the
   * transaction could meet another session: a pooler may sit between.
   */
  async finish(): Promise<void> {
    await this.#client.query('select pg_catalog.pg_advisory_unlock_all()');
    await this.#client.query('rollback');
  }

  clock(): Promise<number> {
    return postgresqlClock(this.#client);
  }

  inspect(): Promise<Inspection> {
    return inspectPostgresql(this.#client);
  }

  watch(lost: (error: unknown) => void): () => void {
    const noteLoss = (error?: unknown) => {
      this.#isLost = true;
      lost(error);
    };
    this.#client.on('error', noteLoss);
    this.#client.on('end', noteLoss);
    return () => {
      this.#client.off('error', noteLoss);
      this.#client.off('end', noteLoss);
    };
  }

  /**
   * The server forgets a request that comes before the query runs, e.g. while it is planned: hence again until the
   * query has answered, or for a while when the connection is gone and no answer can come.
   */
  async cancel(): Promise<void> {
    const address = serverAddress(this.#circumstances.name, this.#settings, ADDRESS);
    const answered = this.#answer.then(
      () => true,
      () => true,
    );
    const enough = this.#isLost ? delay(REPEAT_CANCEL_FOR, true) : answered;
    do await cancelOnServer(address, this.#client);
    while (!(await Promise.race([enough, delay(REPEAT_CANCEL_AFTER, false)])));
  }

  close(): void {
    this.#client.connection.stream.destroy();
  }
}
