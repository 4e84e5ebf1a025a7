/** What was counted of some things. */
export interface Share {
  /** How many things something happened to. */
  readonly count: number;
  /** Sum of the squares of how many it happened to at once. */
  readonly squares: number;
  /** How many it could have happened to; 0: nobody looked. */
  readonly of: number;
  /** How often the share is added. */
  readonly times: number;
}

/** Of a normal distribution, 95% to one side. */
const DEVIATIONS = 1.645;

/**
 * What a sum of shares is at most, with 95% confidence, by Fay and Feuer (1997), who take the counts for Poisson's; what
 * happens at once is one event of that size here. Where nothing happened this is the rule of three: 3 of the least that
 * was looked at.
 */
export function highestSum(shares: readonly Share[]): number {
  const { sum, variance } = momentsOf(shares);
  const [count, squares] = [totalOf(shares, 'count'), totalOf(shares, 'squares')];
  const another = (count === 0 ? 1 : squares / count) / Math.min(...shares.map((share) => share.of));
  return Number.isFinite(another)
    ? gammaQuantile(sum + another, variance + another ** 2, DEVIATIONS)
    : Infinity;
}

/** What a sum of shares is at least, with 95% confidence. */
export function lowestSum(shares: readonly Share[]): number {
  const { sum, variance } = momentsOf(shares);
  return sum === 0 ? 0 : gammaQuantile(sum, variance, -DEVIATIONS);
}

function momentsOf(shares: readonly Share[]) {
  let [sum, variance] = [0, 0];
  for (const { count, squares, of, times } of shares.filter((share) => share.count > 0)) {
    sum += (times * count) / of;
    variance += (times / of) ** 2 * squares;
  }
  return { sum, variance };
}

/** By Wilson and Hilferty's approximation. @param deviations that quantile of a normal distribution */
function gammaQuantile(mean: number, variance: number, deviations: number): number {
  const part = variance / (9 * mean ** 2);
  return mean * Math.max(0, 1 - part + deviations * Math.sqrt(part)) ** 3;
}

const totalOf = (shares: readonly Share[], name: 'count' | 'squares'): number =>
  shares.reduce((total, share) => total + share[name], 0);
