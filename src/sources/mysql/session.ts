import type { Connection, FieldPacket } from 'mysql2';
import type { Column } from '../../model/row.ts';
import type { RowBatch } from '../../model/row-batch.ts';
import type { Inspection } from '../inspection.ts';
import { serverAddress } from '../server-address.ts';
import type { DatabaseSettings, Session } from '../session.ts';
import { type Circumstances, SourceError } from '../source-error.ts';
import type { SqlMode } from '../sql-tokens.ts';
import type { Statement } from '../statement.ts';
import { ADDRESS, connectionOptions } from './address.ts';
import { unknownZone } from './failures.ts';
import { CLOCK, FACTS, GRANTS, readInspection } from './inspection.ts';
import { PARAMETERS } from './parameters.ts';
import { MysqlRows } from './rows.ts';
import { modeOf } from './tokens.ts';
import { describeColumn } from './types.ts';

const STATEMENT = 'pp_db_collector';
// Statements that change nothing although a read-only transaction would let them through, e.g. ANALYZE TABLE, are not
// read.
const READING = new Set(['', 'select', 'with', 'values', 'table', 'show', 'explain', 'describe', 'desc']);
/** Of this MySQL, other than MariaDB, does not tell the column before it is run. */
const PLANNING = /^\s*explain format=json\s/;
const PLAN: Column = { name: 'EXPLAIN', type: 'text', kind: 'text' };
const LONGEST_CANCEL = 2_000;
// GROUP_CONCAT and JSON_ARRAYAGG are cut at 1 KiB or 1 MiB otherwise, with a warning that nobody would see. More than
// the server's packets hold.
const LONGEST_AGGREGATE = 64 * 1_048_576;

/** A text in SQL that no setting of the server can read as anything else. */
const literal = (text: string) => `convert(x'${Buffer.from(text).toString('hex')}' using utf8mb4)`;

export class MysqlSession implements Session {
  readonly #connection: Connection;
  readonly keepsTime = true;
  readonly #circumstances: Circumstances;
  readonly #settings: DatabaseSettings;
  #statement: Statement | undefined;
  #columns: readonly Column[] = [];
  #rows: MysqlRows | undefined;

  constructor(connection: Connection, circumstances: Circumstances, settings: DatabaseSettings) {
    this.#connection = connection;
    this.#circumstances = circumstances;
    this.#settings = settings;
  }

  async begin(): Promise<SqlMode> {
    const { queryTimeout, timezone } = this.#circumstances;
    const seconds = queryTimeout / 1_000;
    // The two kinds of comment are read by MariaDB and by MySQL only; each has a name of its own for the time allowed.
    await this.#query(
      `set names utf8mb4, time_zone = ${literal(PARAMETERS.zone(timezone))},
         net_write_timeout = ${Math.ceil(seconds) + 600},
         group_concat_max_len = ${LONGEST_AGGREGATE}
        /*M! , max_statement_time = ${seconds} */ /*!80000 , max_execution_time = ${queryTimeout} */`,
    );
    await this.#query('set transaction isolation level repeatable read');
    await this.#query('start transaction with consistent snapshot, read only');
    const [[names] = []] = await this.#query('select @@session.sql_mode');
    return modeOf(names ?? '');
  }

  async describe(statement: Statement): Promise<readonly Column[]> {
    if (!READING.has(statement.firstWord)) return [];
    await this.#refuseUnknownZone(statement);
    this.#statement = statement;
    const columns = (await this.#prepare(statement.text)).map(describeColumn);
    this.#columns = columns.length === 0 && PLANNING.test(statement.text) ? [PLAN] : columns;
    return this.#columns;
  }

  /** Without its zone tables the server makes a null of every time that is to be shown in a zone. */
  async #refuseUnknownZone({ text, parameters }: Statement): Promise<void> {
    const zone = parameters.find(({ kind }) => kind === 'zone');
    if (zone === undefined || !/\bconvert_tz\b/i.test(text)) return;
    const [[local] = []] = await this.#query(
      `select convert_tz('2000-01-01 00:00:00', '+00:00', ${literal(zone.text)})`,
    );
    if (local === null) throw unknownZone(this.#circumstances.name, zone);
  }

  /**
   * By the binary protocol, which tells the columns of a statement that is not run, but prints some values otherwise.
   */
  #prepare(text: string): Promise<readonly FieldPacket[]> {
    return new Promise((resolve, reject) => {
      this.#connection.prepare(text, (error, prepared) => {
        if (error !== null) return reject(error);
        this.#connection.unprepare(text);
        resolve((prepared as unknown as { columns: readonly FieldPacket[] }).columns);
      });
    });
  }

  async read(): Promise<RowBatch | undefined> {
    this.#rows ??= await this.#start();
    return this.#rows.read();
  }

  /** The text protocol with parameters that the server binds: they are variables of the session. */
  async #start(): Promise<MysqlRows> {
    const { text = '', parameters = [] } = this.#statement ?? {};
    const variables = parameters.map((_, index) => `@${STATEMENT}_${index}`);
    const values = parameters.map((parameter, index) => `${variables[index]} = ${literal(parameter.text)}`);
    await this.#query(`set ${[`@${STATEMENT} = ${literal(text)}`, ...values].join(', ')}`);
    await this.#query(`prepare ${STATEMENT} from @${STATEMENT}`);
    const using = variables.length === 0 ? '' : ` using ${variables.join(', ')}`;
    return new MysqlRows(this.#connection, `execute ${STATEMENT}${using}`, (fields) => this.#check(fields));
  }

  #check(fields: readonly FieldPacket[]): void {
    const kinds = (columns: readonly Column[]) => columns.map(({ kind }) => kind).join();
    if (kinds(fields.map(describeColumn)) === kinds(this.#columns)) return;
    const { name } = this.#circumstances;
    throw new SourceError(
      `database ${name}: a column of the query changed its type while the query was prepared`,
      {
        remedy:
          'Run the job again; if it fails again, cast the columns of the query to the types they should have.',
      },
    );
  }

  async finish(): Promise<void> {
    await this.#query('rollback');
    await new Promise<void>((resolve, reject) => {
      this.#connection.reset((error) => (error ? reject(error) : resolve()));
    });
  }

  async clock(): Promise<number> {
    const [[clock] = []] = await this.#query(CLOCK);
    return Number(clock);
  }

  async inspect(): Promise<Inspection> {
    const [facts = []] = await this.#query(FACTS);
    return readInspection(facts, await this.#query(GRANTS));
  }

  watch(lost: (error: unknown) => void): () => void {
    const ended = () => lost(undefined);
    this.#connection.on('error', lost);
    this.#connection.on('end', ended);
    return () => {
      this.#connection.off('error', lost);
      this.#connection.off('end', ended);
    };
  }

  async cancel(): Promise<void> {
    const { default: driver } = await import('mysql2');
    const other = driver.createConnection(
      connectionOptions(serverAddress(this.#circumstances.name, this.#settings, ADDRESS), LONGEST_CANCEL),
    );
    await new Promise<void>((resolve) => {
      other.on('error', () => resolve());
      other.query({ sql: `kill ${this.#connection.threadId}`, timeout: LONGEST_CANCEL }, () => resolve());
    });
    other.destroy();
  }

  close(): void {
    this.#connection.destroy();
  }

  #query(sql: string): Promise<(string | null)[][]> {
    return new Promise((resolve, reject) => {
      const typeCast = (field: { string(): string | null }) => field.string();
      this.#connection.query({ sql, rowsAsArray: true, typeCast }, (error, rows) =>
        error ? reject(error) : resolve(rows as unknown as (string | null)[][]),
      );
    });
  }
}
