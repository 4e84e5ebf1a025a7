import type { Query } from '../model/query.ts';
import { mysqlPlaceholder } from './mysql/parameters.ts';
import { type NamedParameter, parseNamedParameters, renderParameters } from './named-parameters.ts';
import type { BoundParameter } from './parameters.ts';
import { parameterText } from './parameters.ts';
import { SourceError } from './source-error.ts';
import type { Client, SqlMode } from './sql-tokens.ts';

/** One query as a database takes it. */
export interface Statement {
  readonly text: string;
  /** In lower case; empty when the statement begins with something else, e.g. a parenthesis. */
  readonly firstWord: string;
  /** In the order of the placeholders. */
  readonly parameters: readonly BoundParameter[];
  /** Says where an offset into `text` is in the query as written: `line 2, column 7 of the query`. */
  place(offset: number): string;
}

/**
 * Writes a query for a database. Throws a SourceError for more than one statement, none, or a parameter without a value.
 *
 * @param mode how the server reads SQL; left out: as it usually does
 */
export function createStatement(
  database: string,
  query: Query,
  client: Client,
  zone: string,
  mode?: SqlMode,
): Statement {
  const { sql } = query;
  const { names, start, secondStatement } = parseNamedParameters(sql, client, mode);
  const refuse = (what: string, remedy: string) =>
    new SourceError(`database ${database}: ${what}`, { remedy });
  if (start === undefined) throw refuse('the query is empty', 'Write one SELECT.');
  if (secondStatement !== undefined) {
    const place = placeOf(sql, secondStatement);
    throw refuse(`the query holds more than one statement, the second at ${place}`, 'Leave one SELECT.');
  }
  const bound = new Map(
    names.map(({ name, offset }) => {
      const parameter = Object.hasOwn(query.parameters, name) ? query.parameters[name] : undefined;
      if (parameter !== undefined)
        return [name, { name, kind: parameter.kind, text: parameterText(parameter, client, zone) }];
      const offered = Object.keys(query.parameters).map((each) => `:${each}`);
      throw refuse(
        `the query uses :${name}, which has no value, at ${placeOf(sql, offset)}`,
        offered.length === 0 ? 'Remove it.' : `Use ${offered.join(', ')}.`,
      );
    }),
  );
  const rendered = renderParameters(sql, names, PLACEHOLDERS[client](bound));
  return {
    text: rendered.text,
    firstWord: /^[a-z]*/i.exec(sql.slice(start))?.[0].toLowerCase() ?? '',
    parameters: client === 'mysql2' ? inOrderOfUse(names, bound) : [...bound.values()],
    place: (offset) => placeOf(sql, rendered.originalOffset(offset)),
  };
}

type Bound = ReadonlyMap<string, BoundParameter>;

const PLACEHOLDERS: Readonly<Record<Client, (bound: Bound) => (name: string) => string>> = {
  pg: (bound) => {
    const names = [...bound.keys()];
    return (name) => `$${names.indexOf(name) + 1}`;
  },
  mysql2: (bound) => (name) => mysqlPlaceholder(bound.get(name)),
  'better-sqlite3': () => (name) => `:${name}`,
};

const inOrderOfUse = (names: readonly NamedParameter[], bound: Bound) =>
  names.flatMap(({ name }) => bound.get(name) ?? []);

function placeOf(sql: string, offset: number): string {
  const lines = sql.slice(0, offset).split('\n');
  return `line ${lines.length}, column ${[...(lines.at(-1) ?? '')].length + 1} of the query`;
}
