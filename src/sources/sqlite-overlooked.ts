import type { Query, SourceFinding } from '../collect/interfaces.ts';
import { boundValue, type SqliteValue } from './sqlite-parameter.ts';
import type { Statement } from './statement.ts';

/*
 * SQLite compares by storage class first: every number is below every text. A column of times that holds numbers is therefore never
 * within :from and :to, which are texts, and nothing says so. The query itself tells whether there are such rows: it is
 * asked again with numbers for its parameters, as far as its first row.
 */

/** Gives the first row of a statement as text; undefined when there is none. */
export type FirstRow = (values: Readonly<Record<string, SqliteValue>>) => Promise<string | undefined>;

/** How a number may mean an instant, and what turns a parameter into such a number. */
interface Unit {
  readonly name: string;
  of(epochMilliseconds: number): number;
  written(parameter: string): string;
}

const UNITS: readonly Unit[] = [
  { name: 'epoch seconds', of: (ms) => ms / 1_000, written: (name) => `unixepoch(:${name})` },
  { name: 'epoch milliseconds', of: (ms) => ms, written: (name) => `unixepoch(:${name}) * 1000` },
  { name: 'epoch microseconds', of: (ms) => ms * 1_000, written: (name) => `unixepoch(:${name}) * 1000000` },
  {
    name: 'Julian days',
    of: (ms) => ms / 86_400_000 + 2_440_587.5,
    written: (name) => `julianday(:${name})`,
  },
];

const UPPER: ReadonlySet<string> = new Set(['to', 'to_date', 'until']);
/** Between these lies no time that anybody stores. */
const [BEYOND, FURTHER_BEYOND] = [1e300, 1e301];
/** For parameters that are no instants. */
const [EARLIEST, LATEST] = [Date.UTC(1980, 0), Date.UTC(2100, 0)];

/**
 * What of the rows that a query reads its comparisons with texts never meet.
 *
 * @param query from which the statement was made @param zone of the database
 */
export async function overlookedRows(
  { parameters }: Statement,
  query: Query,
  zone: string,
  firstRow: FirstRow,
): Promise<readonly SourceFinding[]> {
  const names = parameters.flatMap((parameter) =>
    typeof boundValue(parameter) === 'string' && parameter.kind !== 'zone' ? parameter.name : [],
  );
  if (names.length === 0) return [];
  const fixed = Object.fromEntries(parameters.map((parameter) => [parameter.name, boundValue(parameter)]));
  const between = async (lower: SqliteValue, upper: SqliteValue) => {
    const tried = Object.fromEntries(names.map((name) => [name, UPPER.has(name) ? upper : lower]));
    const row = await firstRow({ ...fixed, ...tried });
    // What a query gives back of its parameters tells nothing of the rows that it finds.
    return [lower, upper].reduce<typeof row>((text, value) => text?.replaceAll(quoted(value), '""'), row);
  };

  const numbers = await between(Number.NEGATIVE_INFINITY, '');
  if (numbers === undefined) return [];
  // A count of no rows is a row as well.
  const none = await between('', Number.NEGATIVE_INFINITY);
  if (numbers === none) return [];
  // Neither can be told of a query that compares its parameters with each other, or makes rows of them.
  const hasLower = names.some((name) => !UPPER.has(name));
  if ((await between(BEYOND, hasLower ? FURTHER_BEYOND : -BEYOND)) !== none) return [];

  const { from, to } = spanOf(query);
  for (const unit of UNITS) {
    if ((await between(unit.of(from), unit.of(to))) !== none) return [findingOf(unit, names, zone)];
  }
  return [];
}

/** As it stands in the text of a row. */
const quoted = (value: SqliteValue) => JSON.stringify(String(value));

function spanOf({ parameters: { from, to, from_date, to_date } }: Query): { from: number; to: number } {
  const instantOf = (parameter: typeof from) => {
    if (parameter?.kind === 'instant') return parameter.epochMilliseconds;
    return parameter?.kind === 'date' ? Date.parse(parameter.date) : undefined;
  };
  return {
    from: instantOf(from) ?? instantOf(from_date) ?? EARLIEST,
    to: instantOf(to) ?? instantOf(to_date) ?? LATEST,
  };
}

function findingOf(unit: Unit, names: readonly string[], zone: string): SourceFinding {
  const told = names.map((name) => `:${name}`).join(' and ');
  const written = names.map((name) => unit.written(name)).join(' and ');
  return {
    ok: false,
    text: `rows that are never found: they hold numbers (${unit.name}) where the query compares with ${told}, and those are texts; SQLite puts every number before every text`,
    remedy: `Compare with ${written}${zone === 'UTC' ? '' : ', and set timezone: UTC on the database, because these read UTC'}; where a column holds both numbers and texts, turn the numbers into texts where they are stored, or with iif(typeof(column) = 'text', …) in the query.`,
  };
}
