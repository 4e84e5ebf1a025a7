import type Database from 'better-sqlite3';

/**
 * Statements prepared once each: one that nobody uses any more holds memory that V8 does not know of until it is
 * collected.
 */
export class Statements {
  readonly #database: Database.Database;
  readonly #prepared = new Map<string, Database.Statement>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** @param sql always asked for in the same way: raw, plucked or neither */
  prepare(sql: string): Database.Statement {
    const statement = this.#prepared.get(sql) ?? this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}
