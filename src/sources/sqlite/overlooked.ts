import { DAY } from '../../calendar/durations.ts';
import type { Query } from '../../model/query.ts';
import type { SourceFinding } from '../../model/source.ts';
import type { Statement } from '../statement.ts';
import { boundValue, type SqliteValue } from './parameters.ts';

/*
 * SQLite compares by storage class first: every number is below every text. A column of times that holds numbers is
 * therefore never within :from and :to, which are texts, and nothing says so. The query itself tells whether there are
 * such rows: it is asked again with numbers for its parameters, as far as its first row.
 */

/** Gives the first row of a statement as text; undefined when there is none. */
export type FirstRow = (
  sql: string,
  values: Readonly<Record<string, SqliteValue>>,
) => Promise<string | undefined>;

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
    of: (ms) => ms / DAY + 2_440_587.5,
    written: (name) => `julianday(:${name})`,
  },
];

/** Nothing lies below it. */
const NEVER = Number.NEGATIVE_INFINITY;
/** Between these lies no time that anybody stores. */
const [BEYOND, FURTHER_BEYOND] = [1e300, 1e301];
const UPPER: ReadonlySet<string> = new Set(['to', 'to_date', 'until']);
/** For parameters that are no instants. */
const [EARLIEST, LATEST] = [Date.UTC(1980, 0), Date.UTC(2100, 0)];

/** A date made of a column for a comparison: of a number it is made as if that were Julian days. */
const DATED = /\b(?:date|datetime)\s*\(\s*([\w."`[\]]+)\s*\)(?=\s*(?:[<>]=?|between\b)\s*:)/gi;

/**
 * What of the rows that a query reads its comparisons with texts never meet.
 *
 * @param query from which the statement was made @param zone of the database
 */
export async function overlookedRows(
  { text, parameters }: Statement,
  query: Query,
  zone: string,
  firstRow: FirstRow,
): Promise<readonly SourceFinding[]> {
  const texts = parameters.filter((parameter) => typeof boundValue(parameter) === 'string');
  const all = texts.map(({ name }) => name).filter((name) => name !== 'timezone');
  const sql = withoutSelected(text, all);
  const isUsed = (name: string) => new RegExp(`:${name}\\b`).test(sql);
  const names = all.filter(isUsed);
  if (names.length === 0) return [];
  const fixed = parameters.filter(({ name }) => isUsed(name)).map((each) => [each.name, boundValue(each)]);
  const probe: Probe = async (asked, lower, upper) => {
    const row = await firstRow(asked, {
      ...Object.fromEntries(fixed),
      ...Object.fromEntries(names.map((name) => [name, UPPER.has(name) ? upper : lower])),
    });
    // What a query gives back of its parameters tells nothing of the rows that it finds.
    return [lower, upper].reduce<typeof row>((given, value) => given?.replaceAll(quoted(value), '""'), row);
  };
  const span = spanOf(query);
  const unit = await unitOfNumbers(sql, names, span, probe, UNITS);
  if (unit !== undefined) return [findingOf(unit, names, zone, false)];
  const bare = sql.replace(DATED, '$1');
  if (bare === sql) return [];
  const dated = await unitOfNumbers(bare, names, span, probe, UNITS.slice(0, -1));
  return dated === undefined ? [] : [findingOf(dated, names, zone, true)];
}

type Probe = (sql: string, lower: SqliteValue, upper: SqliteValue) => Promise<string | undefined>;

/** How the numbers that a query meets when its parameters are numbers mean instants; undefined: it meets none. */
async function unitOfNumbers(
  sql: string,
  names: readonly string[],
  { from, to }: ReturnType<typeof spanOf>,
  probe: Probe,
  units: readonly Unit[],
): Promise<Unit | undefined> {
  const numbers = await probe(sql, NEVER, '');
  if (numbers === undefined) return undefined;
  // A count of no rows is a row as well.
  const none = await probe(sql, '', NEVER);
  if (numbers === none) return undefined;
  // Neither can be told of a query that compares its parameters with each other, or makes rows of them.
  const hasLower = names.some((name) => !UPPER.has(name));
  if ((await probe(sql, BEYOND, hasLower ? FURTHER_BEYOND : -BEYOND)) !== none) return undefined;
  const hasUpper = names.some((name) => UPPER.has(name));
  for (const unit of units) {
    const row = await probe(sql, unit.of(from), unit.of(to));
    // What is selected may be made of a parameter: then a row is another one though it counts nothing.
    if (row === none || (hasUpper && row === (await probe(sql, unit.of(from), NEVER)))) continue;
    return unit;
  }
  return undefined;
}

/** As it stands in the text of a row. */
const quoted = (value: SqliteValue) => JSON.stringify(String(value));

/** The statement without the parameters that stand by themselves in the list of what is selected. */
function withoutSelected(text: string, names: readonly string[]): string {
  return names.reduce((sql, name) => {
    const selected = new RegExp(`(\\bselect|,)(\\s*):${name}(?=\\s*(?:,|\\bas\\b|\\bfrom\\b))`, 'gi');
    return sql.replace(selected, '$1$2 NULL');
  }, text);
}

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

/** @param isDated whether the query makes a date of the column first */
function findingOf(unit: Unit, names: readonly string[], zone: string, isDated: boolean): SourceFinding {
  const parameters = names.map((name) => `:${name}`).join(' and ');
  // Of a date the functions make midnight in UTC, which is not when the job's day begins in summer.
  const instants = new Set(names.map((name) => name.replace(/^(from|to)_date$/, '$1')));
  const written = [...instants].map((name) => unit.written(name)).join(' and ');
  const why = isDated
    ? `, which date() and datetime() take for Julian days, where the query compares with ${parameters}`
    : ` where the query compares with ${parameters}, and those are texts; SQLite puts every number before every text`;
  return {
    ok: false,
    text: `rows that are never found: they hold numbers (${unit.name})${why}`,
    remedy:
      `Compare ${isDated ? 'the column itself ' : ''}with ` +
      `${written}${zone === 'UTC' ? '' : ', and set timezone: UTC on the database, because these read UTC'}; where ` +
      'a column holds both numbers and texts, turn the numbers into texts where they are stored, or with ' +
      "iif(typeof(column) = 'text', …) in the query.",
  };
}
