import { serversAtHand } from '../../test/support/servers.ts';
import { type BenchDatabase, createBenchDatabase, type Product } from './database.ts';
import { EVENT_COLUMNS, EVENT_ID, eventsTable, wideColumns, wideTable } from './events.ts';

/** A table that is collected: of which columns, and which of them tell rows of one time apart. */
export interface Workload {
  readonly database: BenchDatabase;
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly string[];
  readonly id: readonly string[];
}

const REASONS: Readonly<Record<Product, string>> = {
  postgresql: 'no PostgreSQL answers; TEST_POSTGRES_URL names one',
  mariadb: 'no MariaDB answers; TEST_MARIADB_URL names one',
  mysql: 'no MySQL answers; TEST_MYSQL9_URL or TEST_MYSQL_URL names one',
  sqlite: 'it is always there',
};

/** The benchmark's own databases, one on each server that is asked for, each table made when it is asked for. */
export class Databases {
  readonly #servers: ReadonlyMap<string, string>;
  readonly #databases = new Map<Product, BenchDatabase>();
  readonly #tables = new Set<string>();
  readonly #say: (text: string) => void;

  private constructor(servers: ReadonlyMap<string, string>, say: (text: string) => void) {
    this.#servers = servers;
    this.#say = say;
  }

  /** @param folder for files of SQLite */
  static async find(folder: string, say: (text: string) => void): Promise<Databases> {
    const servers = new Map<string, string>([...(await serversAtHand()), ['sqlite', folder]]);
    const { TEST_MYSQL9_URL } = process.env;
    if (TEST_MYSQL9_URL !== undefined) servers.set('mysql', TEST_MYSQL9_URL);
    return new Databases(servers, say);
  }

  /** Why a product cannot be measured here; undefined when it can. */
  whyNot(product: Product): string | undefined {
    return this.#servers.has(product) ? undefined : REASONS[product];
  }

  /** The URL of a server, without a database. */
  server(product: Product): string {
    const url = this.#servers.get(product);
    if (url === undefined) throw new Error(REASONS[product]);
    return url;
  }

  async events(product: Product, rows: number): Promise<Workload> {
    const database = await this.#database(product);
    const table = `events_${rows}`;
    await this.#make(product, table, eventsTable(database.spelling, table, rows));
    return { database, table, rows, columns: EVENT_COLUMNS, id: EVENT_ID };
  }

  /** @param columns of those that the table has */
  async wide(product: Product, rows: number, columns: number, most: number): Promise<Workload> {
    const database = await this.#database(product);
    const table = `wide_${rows}`;
    await this.#make(product, table, wideTable(database.spelling, table, rows, most));
    return { database, table, rows, columns: wideColumns(columns), id: ['column_2'] };
  }

  async drop(): Promise<void> {
    await Promise.all([...this.#databases.values()].map((database) => database.drop()));
  }

  async #database(product: Product): Promise<BenchDatabase> {
    const database =
      this.#databases.get(product) ?? (await createBenchDatabase(product, this.server(product)));
    this.#databases.set(product, database);
    return database;
  }

  async #make(product: Product, table: string, statements: readonly string[]): Promise<void> {
    if (this.#tables.has(`${product} ${table}`)) return;
    this.#say(`making ${table} in ${product}`);
    const database = await this.#database(product);
    await database.execute(statements);
    await database.settle(table);
    this.#tables.add(`${product} ${table}`);
  }
}

/** The query of a workload, as the references ask it: all rows, of a span that needs no parameters. */
export const plainQuery = ({ columns, table }: Workload): string =>
  `SELECT ${columns.join(', ')} FROM ${table} WHERE event_time >= '2015-01-01' AND event_time < '2100-01-01'`;
