import type { Bench } from '../bench.ts';
import type { Figure, Findings, Unit } from '../figures/figure.ts';
import { median } from '../figures/statistics.ts';

/** Measurements that are made together. */
export interface Suite {
  readonly name: string;
  /** For the help. */
  readonly about: string;
  /** Whether `--quick` runs it, too. */
  readonly isQuick: boolean;
  measure(bench: Bench): Promise<Findings>;
}

type Rounds = Readonly<Record<string, readonly number[]>>;

/** A figure of one variant: the median of its rounds. */
export function figureOf(id: string, what: string, unit: Unit, values: readonly number[]): Figure {
  return { id, what, unit, value: median(values), rounds: { [id]: values } };
}

/** A figure that divides the median of one variant by that of another; both are named in `rounds`, in this order. */
export function ratio(id: string, what: string, unit: Unit, rounds: Rounds): Figure {
  const [dividend = [], divisor = []] = Object.values(rounds);
  return { id, what, unit, value: median(dividend) / median(divisor), rounds };
}

export const found = (...figures: readonly Figure[]): Findings => ({ figures, omissions: [] });
export const omitted = (what: string, because: string): Findings => ({
  figures: [],
  omissions: [{ what, because }],
});

export const together = (...findings: readonly Findings[]): Findings => ({
  figures: findings.flatMap(({ figures }) => figures),
  omissions: findings.flatMap(({ omissions }) => omissions),
});
