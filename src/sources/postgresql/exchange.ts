import type { EventEmitter } from 'node:events';

/*
 * The part of pg that is used: its connection, its parser and its queue of submittables. Rows are taken before they
 * reach its parser, as they arrive, because pg's own results convert values and keep all of them.
 */

/** A column as the server describes it. */
export interface DescribedField {
  readonly name: string;
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
}

export interface ProtocolConnection {
  readonly stream: { cork(): void; uncork(): void; destroy(): void };
  parse(statement: { name: string; text: string; types: readonly number[] }): void;
  describe(target: { type: 'S' | 'P'; name: string }): void;
  bind(target: { portal: string; statement: string; values: readonly string[] }): void;
  execute(target: { portal: string; rows: number }): void;
  sync(): void;
}

export interface PostgresqlClient extends EventEmitter {
  readonly processID: number;
  readonly secretKey: number;
  readonly connection: ProtocolConnection;
  query(exchange: Exchange): unknown;
  query(text: string, values?: readonly unknown[]): Promise<{ rows: Record<string, string>[] }>;
}

// Without a name it ends with whatever comes next, and never meets another one of its name: poolers share sessions.
const STATEMENT = '';
const PORTAL = 'pp_db_collector';

/** Messages that are sent together, and what the server answers up to its next ReadyForQuery. */
export class Exchange {
  readonly fields: DescribedField[] = [];
  /** The server has more rows. */
  isSuspended = false;
  readonly #send: (connection: ProtocolConnection) => void;
  readonly #answered = Promise.withResolvers<Exchange>();

  private constructor(send: (connection: ProtocolConnection) => void) {
    this.#send = send;
  }

  /** Fails with pg's error. */
  static run(client: PostgresqlClient, send: (connection: ProtocolConnection) => void): Promise<Exchange> {
    const exchange = new Exchange(send);
    client.query(exchange);
    return exchange.#answered.promise;
  }

  submit(connection: ProtocolConnection): void {
    connection.stream.cork();
    this.#send(connection);
    connection.sync();
    connection.stream.uncork();
  }

  handleRowDescription(message: { readonly fields: readonly DescribedField[] }): void {
    this.fields.push(...message.fields);
  }

  handlePortalSuspended(): void {
    this.isSuspended = true;
  }

  handleCommandComplete(): void {
    this.isSuspended = false;
  }

  handleError(error: unknown): void {
    this.#answered.reject(error);
  }

  handleReadyForQuery(): void {
    this.#answered.resolve(this);
  }
}

export interface PreparedStatement {
  readonly text: string;
  /** OIDs of the parameters. */
  readonly types: readonly number[];
}

/** Has the server read a statement; it is not run. */
export const prepare = (client: PostgresqlClient, { text, types }: PreparedStatement): Promise<Exchange> =>
  Exchange.run(client, (connection) => {
    connection.parse({ name: STATEMENT, text, types });
    connection.describe({ type: 'S', name: STATEMENT });
  });

/** Runs a statement as far as its first rows. */
export const startExchange = (
  client: PostgresqlClient,
  { text, types }: PreparedStatement,
  values: readonly string[],
  rows: number,
): Promise<Exchange> =>
  Exchange.run(client, (connection) => {
    connection.parse({ name: STATEMENT, text, types });
    connection.bind({ portal: PORTAL, statement: STATEMENT, values });
    connection.execute({ portal: PORTAL, rows });
  });

/** The next rows of the statement that was started. */
export const proceed = (client: PostgresqlClient, rows: number): Promise<Exchange> =>
  Exchange.run(client, (connection) => connection.execute({ portal: PORTAL, rows }));
