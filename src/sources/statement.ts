import { nearestWithinYears } from '../calendar/date-time.ts';
import { wallClockAt } from '../calendar/zone.ts';
import type { Parameter, Query, QuotedPlace } from '../model/query.ts';
import {
  type BoundParameter,
  type ParameterRules,
  parseNamedParameters,
  renderParameters,
} from './parameters.ts';
import { QueryPlaces } from './query-places.ts';
import { SourceError } from './source-error.ts';
import { type SqlMode, type SqlSyntax, sqlTokens } from './sql-tokens.ts';

/** One query as a database takes it. */
export interface Statement {
  readonly text: string;
  /** In lower case; empty when the statement begins with something else, e.g. a parenthesis. */
  readonly firstWord: string;
  /** In the order of the placeholders. */
  readonly parameters: readonly BoundParameter[];
  /** Where the word is that begins at an offset into `text`. */
  placeAt(offset: number): QuotedPlace;
  /** Where a name or word is, or else the query as a whole; undefined: not known. */
  placeOf(name: string): QuotedPlace | undefined;
}

/**
 * Writes a query for a database. Throws a SourceError for more than one statement, none, or a parameter without a
 * value.
 *
 * @param mode how the server reads SQL; left out: as it usually does
 */
export function createStatement(
  database: string,
  query: Query,
  { syntax, parameters: rules }: { readonly syntax: SqlSyntax; readonly parameters: ParameterRules },
  zone: string,
  mode?: SqlMode,
): Statement {
  const { sql } = query;
  const { names, start, secondStatement } = parseNamedParameters(sql, syntax, mode);
  const places = new QueryPlaces(query, () => sqlTokens(sql, syntax, mode));
  const refuse = (what: string, remedy: string, offset?: number) => {
    const { place, excerpt } = offset === undefined ? {} : places.at(offset);
    const message = `database ${database}: ${what}${place === undefined ? '' : ` ${place}`}`;
    return new SourceError(message, { remedy, excerpt });
  };
  if (start === undefined) throw refuse('the query is empty', 'Write one SELECT.');
  if (secondStatement !== undefined) {
    throw refuse('the query holds more than one statement, the second', 'Leave one SELECT.', secondStatement);
  }
  const bound = new Map(
    names.map(({ name, offset }) => {
      const parameter = Object.hasOwn(query.parameters, name) ? query.parameters[name] : undefined;
      if (parameter !== undefined)
        return [name, { name, kind: parameter.kind, text: parameterText(parameter, rules, zone) }];
      const offered = Object.keys(query.parameters).map((each) => `:${each}`);
      throw refuse(
        `the query uses :${name}, which has no value,`,
        offered.length === 0 ? 'Remove it.' : `Use ${offered.join(', ')}.`,
        offset,
      );
    }),
  );
  const parameters = [...bound.values()];
  const placeholders = new Map(
    parameters.map((parameter, index) => [parameter.name, rules.placeholder(parameter, index + 1)]),
  );
  const rendered = renderParameters(sql, names, (name) => placeholders.get(name) ?? '');
  return {
    text: rendered.text,
    firstWord: /^[a-z]*/i.exec(sql.slice(start))?.[0].toLowerCase() ?? '',
    parameters: rules.areInOrderOfUse ? names.flatMap(({ name }) => bound.get(name) ?? []) : parameters,
    placeAt: (offset) => places.at(rendered.originalOffset(offset)),
    placeOf: (name) => places.of(name),
  };
}

/** A parameter as the database takes it. The values of a cursor go back as they came. */
export function parameterText(parameter: Parameter, rules: ParameterRules, zone: string): string {
  if (parameter.kind === 'date') return parameter.date;
  if (parameter.kind === 'zone') return rules.zone(parameter.zone);
  if (parameter.kind !== 'instant') return parameter.text;
  const { epochMilliseconds } = parameter;
  const wallClock = wallClockAt(epochMilliseconds, zone);
  const [date = '', time = ''] = new Date(nearestWithinYears(wallClock))
    .toISOString()
    .replace(/(\.000)?Z$/, '')
    .split('T');
  return rules.instant(date, time, wallClock - epochMilliseconds);
}
