import type Database from 'better-sqlite3';
import type { Answer, Statement, Values, Work } from '../work.ts';

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

  /** Whoever calls this begins and ends the transaction. */
  carryOut<Result>(work: Work<Result>): Result {
    let step = work.next();
    while (step.done !== true) step = work.next(this.#answer(step.value));
    return step.value;
  }

  #answer({ sql, values }: Statement): Answer {
    const statement = this.#prepare(sql);
    const bound = boundOf(values);
    if (!statement.reader) return { rows: [], changes: statement.run(bound).changes };
    const rows = statement.all(bound);
    return { rows, changes: rows.length };
  }

  #prepare(sql: string): Database.Statement {
    const statement = this.#prepared.get(sql) ?? this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

/** SQLite has no lists: they are JSON. */
function boundOf(values: Values): Values {
  const lists = Object.entries(values).filter(([, value]) => Array.isArray(value));
  if (lists.length === 0) return values;
  return { ...values, ...Object.fromEntries(lists.map(([name, list]) => [name, JSON.stringify(list)])) };
}
