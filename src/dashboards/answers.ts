import { startOfPeriod } from '../calendar/period.ts';
import type { Module, Quantity } from '../model/dashboard.ts';
import type { Group, Tally as GroupTally } from '../server/read/group-tallies.ts';
import { sumJson } from '../server/read/read-plan.ts';
import { byOf, type Question, questionsOf, SUPPRESSED_FIELD, summedFields } from './module-queries.ts';
import { NOTHING, type Tally, together } from './tally.ts';

/** The value by which records are grouped, as JSON; '' where they are not. */
export type GroupKey = string;

/** The tallies of one question: by period, by group, by field. */
type Cells = ReadonlyMap<number, ReadonlyMap<GroupKey, ReadonlyMap<string, Tally>>>;

/** What the data set answered to the questions of a module. */
export class Answers {
  readonly #cells: ReadonlyMap<string | undefined, Cells>;
  readonly #groupBy: string | undefined;

  /** @param answers to each query of `moduleQueries`, in its order: of each question one for each span */
  constructor(module: Module, answers: readonly (readonly Group[])[]) {
    const questions = questionsOf(module);
    const spans = answers.length / questions.length;
    this.#groupBy = module.groupBy;
    this.#cells = new Map(
      questions.map((question, index) => {
        const groups = answers.slice(index * spans, (index + 1) * spans).flat();
        return [question.by, cellsOf(module, question, groups)];
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

function cellsOf(module: Module, question: Question, groups: readonly Group[]): Cells {
  const cells = new Map<number, Map<GroupKey, Map<string, Tally>>>();
  const tallies = module.formula.kind === 'last' ? latestTallies(module, groups) : talliesByPeriod(groups);
  for (const { period, group, tally } of tallies) {
    if (tally.count === 0) continue;
    const key = question.by === undefined ? '' : keyOf(group.values.at(-1)?.json ?? 'null');
    const own = cells.get(period) ?? new Map<GroupKey, Map<string, Tally>>();
    cells.set(period, own.set(key, talliesOf(tally, question)));
  }
  return cells;
}

/** One for all spellings of a whole number: two queries may tell two of them. */
function keyOf(json: string): GroupKey {
  const number = /^[-\d]/.test(json) ? Number(json) : Number.NaN;
  return Number.isSafeInteger(number) ? String(number) : json;
}

interface PeriodTally {
  /** The start of the period. */
  readonly period: number;
  readonly group: Group;
  readonly tally: GroupTally;
}

function* talliesByPeriod(groups: readonly Group[]): Generator<PeriodTally> {
  const starts = new Map<string, number>();
  for (const group of groups)
    for (const [text, tally] of group.periods) {
      const period = starts.get(text) ?? Date.parse(text);
      starts.set(text, period);
      yield { period, group, tally };
    }
}

/** Groups are of one time each; those of the latest time of each period. */
function latestTallies({ period }: Module, groups: readonly Group[]): readonly PeriodTally[] {
  const byTime = Map.groupBy(groups, ({ values: [time] }) => Date.parse(String(time?.value)));
  const latest = new Map<number, readonly Group[]>();
  for (const [time, own] of [...byTime].sort(([one], [other]) => one - other))
    latest.set(startOfPeriod(period, time), own);
  return [...latest].flatMap(([start, own]) =>
    own.map((group) => ({ period: start, group, tally: group.total })),
  );
}

function talliesOf({ count: records, collected }: GroupTally, question: Question): Map<string, Tally> {
  const summed = summedFields(question);
  const sums = collected.map((values) => sumJson(values, records));
  const suppressed = Number(sums[summed.indexOf(SUPPRESSED_FIELD)] ?? 0);
  const tallies = new Map<string, Tally>([[RECORDS, { ...NOTHING, records }]]);
  for (const field of question.values) {
    const index = summed.indexOf(field);
    const sum = sums[index];
    const missing = sum === undefined ? records : (collected[index]?.missing ?? 0);
    tallies.set(field, { records, missing, suppressed: Math.min(missing, suppressed), sum: sum ?? '0' });
  }
  return tallies;
}
