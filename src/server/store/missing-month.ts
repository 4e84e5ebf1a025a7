import { daysTogether } from './days-together.ts';
import type { KeptMonth, MonthlyPlan } from './kept-tallies.ts';
import { MonthSums, type Summed } from './month-sums.ts';

/** A month that ever had records, and how often something has changed in it. */
export type CountedMonth = Pick<KeptMonth, 'month' | 'version'>;

/** A day of a month, as two digits, that ever had records, and how often something has changed in it. */
export interface CountedDay {
  readonly day: string;
  readonly version: string;
}

/** What was kept of the days of a month: the JSON of KeptDays. */
export interface KeptDaysOfPlan {
  readonly definition: string;
  readonly days: string;
}

/** By days, of which version and what was added up; null where only the records can tell. */
type KeptDays = Readonly<Record<string, readonly [version: string, tallies: readonly Summed[] | null]>>;

/** A month as it is to be kept. */
export interface AddedMonth extends KeptMonth {
  /** The JSON of KeptDays; null of a month that is kept as a whole only. */
  readonly days: string | null;
}

/** Adds up records for some plans. */
export interface MonthReading {
  /** The timestamps between which there are the records that are needed; undefined: none are. */
  readonly span: { readonly from: string; readonly to: string } | undefined;
  /** Takes a record of the span. */
  add(timestamp: string, json: string): void;
  added(): readonly AddedMonth[];
}

/** A month of which something is missing, for some plans. */
export class MissingMonth {
  readonly month: string;
  /** Whether it was kept before: then its days are kept, too, and after the next change only some of them are read. */
  readonly isChanging: boolean;
  readonly #counted: CountedMonth;
  readonly #plans: readonly MonthlyPlan[];

  constructor(counted: CountedMonth, plans: readonly MonthlyPlan[], isChanging: boolean) {
    this.month = counted.month;
    this.isChanging = isChanging;
    this.#counted = counted;
    this.#plans = plans;
  }

  get definitions(): readonly string[] {
    return this.#plans.map(({ definition }) => definition);
  }

  asWhole(): MonthReading {
    return new WholeMonth(this.#counted, this.#plans);
  }

  /** Both in the same state of the data set as the month. */
  byDays(days: readonly CountedDay[], kept: readonly KeptDaysOfPlan[]): MonthReading {
    return new MonthByDays(this.#counted, this.#plans, { days, kept });
  }
}

/** Behind all timestamps of a day. */
const END_OF_DAY = 'T23:59:59.999999+00:00';

class WholeMonth implements MonthReading {
  readonly span: MonthReading['span'];
  readonly #counted: CountedMonth;
  readonly #plans: readonly MonthlyPlan[];
  readonly #sums: MonthSums;

  constructor(counted: CountedMonth, plans: readonly MonthlyPlan[]) {
    // No month has a later day.
    this.span = { from: counted.month, to: `${counted.month}-31${END_OF_DAY}` };
    this.#counted = counted;
    this.#plans = plans;
    this.#sums = sumsOf(plans);
  }

  add(timestamp: string, json: string): void {
    this.#sums.add(timestamp, json);
  }

  added(): readonly AddedMonth[] {
    const tallies = this.#sums.tallies;
    return this.#plans.map(({ definition }, index) => ({
      ...this.#counted,
      definition,
      tallies: JSON.stringify(tallies[index] ?? null),
      days: null,
    }));
  }
}

/** The plans that lack a day, and what is added up of it for them. */
interface LackingDay extends CountedDay {
  readonly plans: readonly MonthlyPlan[];
  readonly sums: MonthSums;
}

class MonthByDays implements MonthReading {
  readonly #counted: CountedMonth;
  readonly #plans: readonly MonthlyPlan[];
  readonly #known: ReadonlyMap<string, KeptDays>;
  readonly #lacking: ReadonlyMap<string, LackingDay>;

  constructor(
    counted: CountedMonth,
    plans: readonly MonthlyPlan[],
    { days, kept }: { readonly days: readonly CountedDay[]; readonly kept: readonly KeptDaysOfPlan[] },
  ) {
    this.#counted = counted;
    this.#plans = plans;
    this.#known = new Map(kept.map((own) => [own.definition, JSON.parse(own.days) as KeptDays]));
    const lacking = days.map(({ day, version }): LackingDay => {
      const without = plans.filter(({ definition }) => this.#known.get(definition)?.[day]?.[0] !== version);
      return { day, version, plans: without, sums: sumsOf(without) };
    });
    this.#lacking = new Map(lacking.filter((each) => each.plans.length > 0).map((each) => [each.day, each]));
  }

  get span(): MonthReading['span'] {
    const days = [...this.#lacking.keys()].sort();
    const { month } = this.#counted;
    return days.length === 0
      ? undefined
      : { from: `${month}-${days[0]}`, to: `${month}-${days.at(-1)}${END_OF_DAY}` };
  }

  add(timestamp: string, json: string): void {
    this.#lacking.get(timestamp.slice(8, 10))?.sums.add(timestamp, json);
  }

  added(): readonly AddedMonth[] {
    const days = new Map(
      this.#plans.map(({ definition }) => [definition, { ...this.#known.get(definition) }]),
    );
    for (const { day, version, plans, sums } of this.#lacking.values()) {
      const tallies = sums.tallies;
      for (const [index, { definition }] of plans.entries())
        Object.assign(days.get(definition) ?? {}, { [day]: [version, tallies[index] ?? null] });
    }
    return Array.from(days, ([definition, own]) => {
      const tallies = daysTogether(Object.values(own).map(([, each]) => each));
      return {
        ...this.#counted,
        definition,
        tallies: JSON.stringify(tallies),
        // Days of what is too much as a month would be more than it is worth.
        days: tallies === null ? null : JSON.stringify(own),
      };
    });
  }
}

const sumsOf = (plans: readonly MonthlyPlan[]): MonthSums => new MonthSums(plans.map(({ summed }) => summed));
