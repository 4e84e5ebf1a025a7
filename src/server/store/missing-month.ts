import type { KeptMonth, MonthlyPlan } from './kept-tallies.ts';
import { MonthSums } from './month-sums.ts';

/** A month that ever had records, and how often something has changed in it. */
export type CountedMonth = Pick<KeptMonth, 'month' | 'version'>;

/** A month whose records have to be read, for some plans. */
export class MissingMonth {
  /** The first timestamp, and the last there may be: no month has a later day. */
  readonly from: string;
  readonly to: string;
  readonly #counted: CountedMonth;
  readonly #plans: readonly MonthlyPlan[];
  readonly #sums: MonthSums;

  constructor(counted: CountedMonth, plans: readonly MonthlyPlan[]) {
    this.from = counted.month;
    this.to = `${counted.month}-31T23:59:59.999999+00:00`;
    this.#counted = counted;
    this.#plans = plans;
    this.#sums = new MonthSums(plans.map(({ summed }) => summed));
  }

  add(timestamp: string, json: string): void {
    this.#sums.add(timestamp, json);
  }

  kept(): readonly KeptMonth[] {
    const tallies = this.#sums.tallies;
    return this.#plans.map(({ definition }, index) => ({
      ...this.#counted,
      definition,
      tallies: JSON.stringify(tallies[index] ?? null),
    }));
  }
}
