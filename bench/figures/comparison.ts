import type { Figure } from './figure.ts';
import { GOALS } from './goals.ts';

/** So much worse counts as worse: a part of the earlier value. Less than that is the noise of a shared machine. */
export const TOLERANCE = 0.1;

export interface Change {
  readonly figure: Figure;
  readonly earlier: number;
  /** How much better the figure is now, as a part of the earlier value: -0.2 is a fifth worse. */
  readonly gain: number;
  readonly isWorse: boolean;
}

/** Figures that both have; what has no goal and is no rate is better when it is lower. */
export function compare(earlier: readonly Figure[], later: readonly Figure[]): readonly Change[] {
  const before = new Map(earlier.map((figure) => [figure.id, figure]));
  return later.flatMap((figure) => {
    const old = before.get(figure.id)?.value;
    if (old === undefined || old === 0) return [];
    const gain = ((figure.value - old) / old) * (isHigherBetter(figure) ? 1 : -1);
    return [{ figure, earlier: old, gain, isWorse: gain < -TOLERANCE }];
  });
}

const isHigherBetter = ({ id, unit }: Figure): boolean =>
  (GOALS[id]?.better ?? (unit === 'per second' ? 'higher' : 'lower')) === 'higher';
