import { startOfPeriod } from '../calendar/period.ts';
import type { Module, Quantity } from '../model/dashboard.ts';
import type { Item } from '../server/read/grouped-answer.ts';
import { collectKey, missingKey } from '../server/read/read-plan.ts';
import { byOf, type Question, questionsOf, SUPPRESSED_FIELD, TIME_FIELD } from './module-queries.ts';
import { NOTHING, type Tally, together } from './tally.ts';

/** The value by which records are grouped, as JSON; '' where they are not. */
export type GroupKey = string;

/** The tallies of one question: by period, by group, by field. */
type Cells = ReadonlyMap<number, ReadonlyMap<GroupKey, ReadonlyMap<string, Tally>>>;

/** What the data set answered to the questions of a module. */
export class Answers {
  readonly #cells: ReadonlyMap<string | undefined, Cells>;
  readonly #groupBy: string | undefined;

  /** @param items of each query of `moduleQueries`, in its order: of each question one for each span */
  constructor(module: Module, items: readonly Iterable<Item>[]) {
    const questions = questionsOf(module);
    const spans = items.length / questions.length;
    this.#groupBy = module.groupBy;
    this.#cells = new Map(
      questions.map((question, index) => {
        const own = items.slice(index * spans, (index + 1) * spans).flatMap((each) => [...each]);
        return [question.by, cellsOf(module, question, own)];
      }),
    );
  }

  /** The groups that occur in some periods: numbers, then texts, then null. */
  groups(periods: readonly number[]): readonly GroupKey[] {
    const cells = this.#cells.get(this.#groupBy);
    const keys = periods.flatMap((period) => [...(cells?.get(period)?.keys() ?? [])]);
    return [...new Set(keys)].sort(compareKeys);
  }

  /** A quantity in one period. @param group undefined: in all groups; @param quantity undefined: how many records */
  tally(quantity: Quantity | undefined, period: number, group?: GroupKey): Tally {
    const by = quantity === undefined ? this.#groupBy : byOf(quantity, this.#groupBy);
    const groups = this.#cells.get(by)?.get(period);
    if (groups === undefined) return NOTHING;
    const field = quantity?.value ?? RECORDS;
    return together(chosenOf(groups, quantity?.where, group).flatMap((tallies) => tallies?.get(field) ?? []));
  }
}

function chosenOf(
  groups: ReadonlyMap<GroupKey, ReadonlyMap<string, Tally>>,
  where: Quantity['where'],
  group: GroupKey | undefined,
): readonly (ReadonlyMap<string, Tally> | undefined)[] {
  if (where !== undefined) return [...groups].flatMap(([key, own]) => (isIn(where.is, key) ? [own] : []));
  return group === undefined ? [...groups.values()] : [groups.get(group)];
}

/** Numbers by value, then texts, then null. */
function compareKeys(one: GroupKey, other: GroupKey): number {
  const rank = rankOf(one) - rankOf(other);
  if (rank !== 0) return rank;
  const [text = '', otherText = ''] = [groupText(one), groupText(other)];
  if (rankOf(one) === 0) return Number(text) - Number(otherText);
  return text < otherText ? -1 : Number(text > otherText);
}

function rankOf(key: GroupKey): number {
  if (key === 'null') return 2;
  return Number.isNaN(Number(key)) ? 1 : 0;
}

/** Whether the text of a value is one of some; of all but null and nothing. */
function isIn(texts: readonly string[] | undefined, key: GroupKey): boolean {
  const text = groupText(key);
  return texts === undefined ? text !== undefined && text !== '' : text !== undefined && texts.includes(text);
}

/** The value of a group as people read it; undefined of null. */
export function groupText(key: GroupKey): string | undefined {
  if (key === 'null' || key === '') return undefined;
  return key.startsWith('"') ? (JSON.parse(key) as string) : key;
}

/** Stands for a field where records are counted. */
const RECORDS = '';

function cellsOf(module: Module, { by, values }: Question, items: readonly Item[]): Cells {
  const cells = new Map<number, Map<GroupKey, Map<string, Tally>>>();
  for (const [period, own] of itemsByPeriod(module, items)) {
    const groups = own.flatMap((item) => {
      const records = Number(item.get('_count') ?? 0);
      const key = by === undefined ? '' : keyOf(item.get(by) ?? 'null');
      return records === 0 ? [] : [[key, talliesOf(item, values, records)] as const];
    });
    cells.set(period, new Map(groups));
  }
  return cells;
}

/** One for all spellings of a whole number: two queries may tell two of them. */
function keyOf(json: string): GroupKey {
  const number = /^[-\d]/.test(json) ? Number(json) : Number.NaN;
  return Number.isSafeInteger(number) ? String(number) : json;
}

/** By the starts of their periods; where the latest time counts, those of that time alone. */
function itemsByPeriod({ formula, period }: Module, items: readonly Item[]): ReadonlyMap<number, Item[]> {
  if (formula.kind !== 'last') return Map.groupBy(items, (item) => timeOf(item, '_start_at'));
  const byTime = Map.groupBy(items, (item) => timeOf(item, TIME_FIELD));
  const latest = new Map<number, Item[]>();
  for (const [time, own] of [...byTime].sort(([one], [other]) => one - other))
    latest.set(startOfPeriod(period, time), own);
  return latest;
}

const timeOf = (item: Item, key: string): number => Date.parse(JSON.parse(item.get(key) ?? '""') as string);

function talliesOf(item: Item, fields: readonly string[], records: number): Map<string, Tally> {
  const suppressed = Number(sumIn(item, SUPPRESSED_FIELD) ?? 0);
  const tallies = new Map<string, Tally>([[RECORDS, { ...NOTHING, records }]]);
  for (const field of fields) {
    const sum = sumIn(item, field);
    const missing = sum === undefined ? records : Number(item.get(missingKey(field)) ?? 0);
    tallies.set(field, { records, missing, suppressed: Math.min(missing, suppressed), sum: sum ?? '0' });
  }
  return tallies;
}

/** The sum of a field as JSON; undefined where there is no number. */
function sumIn(item: Item, field: string): string | undefined {
  const sum = item.get(collectKey({ field, method: 'sum' }));
  return sum === 'null' ? undefined : sum;
}
