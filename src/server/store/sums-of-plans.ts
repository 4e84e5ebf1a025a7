import type { GroupsPlan } from '../read/read-plan.ts';
import { type KeptMonth, MonthlyPlan } from './kept-tallies.ts';
import { type AddedMonth, type CountedMonth, MissingMonth, type MonthReading } from './missing-month.ts';
import type { Answer } from './store.ts';

/** Answers plans from what is kept of months, and says what is not kept yet: each month once, for all plans that need it. */
export class SumsOfPlans {
  readonly #plans: readonly (MonthlyPlan | undefined)[];
  /** Plans that differ in their spans or periods only are one. */
  readonly #byDefinition: ReadonlyMap<string, readonly MonthlyPlan[]>;
  #months: readonly CountedMonth[] = [];
  /** Tallies by definition and month. */
  readonly #tallies = new Map<string, Map<string, string>>();
  /** The months that were ever kept, of whichever version. */
  #everKept: ReadonlySet<string> = new Set();
  readonly #added: AddedMonth[] = [];

  constructor(plans: readonly GroupsPlan[]) {
    this.#plans = plans.map((plan) => MonthlyPlan.of(plan));
    this.#byDefinition = Map.groupBy(
      this.#plans.filter((plan) => plan !== undefined),
      ({ definition }) => definition,
    );
  }

  get definitions(): readonly string[] {
    return [...this.#byDefinition.keys()];
  }

  /** Tells what there is in one state of the data set. @param months in their order */
  found(months: readonly CountedMonth[], kept: readonly KeptMonth[]): void {
    this.#months = months;
    const versions = new Map(months.map(({ month, version }) => [month, version]));
    this.#everKept = new Set(kept.map(({ month }) => month));
    for (const each of kept) if (versions.get(each.month) === each.version) this.#know(each);
  }

  /** The months of which something is missing; the newest first, which most readers want. */
  *missing(): Generator<MissingMonth> {
    for (const counted of this.#months.toReversed()) {
      const plans = Array.from(this.#byDefinition.values(), (same) =>
        same.find((plan) => plan.reaches(counted.month)),
      ).filter((plan) => plan !== undefined && !this.#knows(plan, counted.month));
      if (plans.length > 0)
        yield new MissingMonth(counted, plans as readonly MonthlyPlan[], this.#everKept.has(counted.month));
    }
  }

  /** Takes what was missing of a month. */
  add(month: MonthReading): void {
    for (const each of month.added()) {
      this.#know(each);
      this.#added.push(each);
    }
  }

  /** What was added up and is not kept yet. */
  get added(): readonly AddedMonth[] {
    return this.#added;
  }

  /** In the order of the plans; nothing may be missing any more. */
  answers(): readonly Answer[] {
    return this.#plans.map((plan) =>
      plan?.together(
        this.#months.flatMap(({ month }) => {
          const tallies = this.#tallies.get(plan.definition)?.get(month);
          return tallies !== undefined && plan.reaches(month) ? [{ month, tallies }] : [];
        }),
      ),
    );
  }

  #knows({ definition }: MonthlyPlan, month: string): boolean {
    return this.#tallies.get(definition)?.has(month) === true;
  }

  #know({ definition, month, tallies }: KeptMonth): void {
    const known = this.#tallies.get(definition) ?? new Map<string, string>();
    this.#tallies.set(definition, known.set(month, tallies));
  }
}

/** The definitions of plans by their data sets. */
export const definitionsByDataSet = (
  plans: ReadonlyMap<string, readonly GroupsPlan[]>,
): ReadonlyMap<string, readonly string[]> =>
  new Map(Array.from(plans, ([dataSet, own]) => [dataSet, new SumsOfPlans(own).definitions]));
