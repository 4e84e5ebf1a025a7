import { type AgeTally, type Lateness, lateAt } from './lateness.ts';

/** How late records of a job came, as it is shown; numbers of periods and records are whole. */
export interface LatenessByAge {
  /** Records of which something is known. */
  readonly records: number;
  /** Which share of them was there, as it is now, when their period was first collected. */
  readonly atOnce: number;
  readonly ages: readonly LateAge[];
  /** The last age at which something came; undefined: all was there at once. */
  readonly latest: number | undefined;
}

export interface LateAge extends Pick<AgeTally, 'periods' | 'appeared' | 'changed' | 'vanished'> {
  /** So many whole periods after the end of theirs; 0: before one had passed, but not at once, if anything came then. */
  readonly age: number;
  /** Which share was there by then, as it is now. */
  readonly share: number;
}

/** Undefined: no period was looked at twice. */
export function latenessByAge({ ages, first }: Lateness): LatenessByAge | undefined {
  const records = Math.max(...ages.map((tally) => tally.records));
  if (!(records > 0)) return undefined;
  let share = 1;
  const shown: LateAge[] = [];
  for (const [age, tally] of [...ages.entries()].reverse()) {
    const known = age === 0 ? { ...tally, ...first } : tally;
    if (age > 0 || lateAt(tally) > 0) shown.unshift({ age, ...shownOf(known), share });
    if (known.records > 0) share *= Math.max(0, 1 - lateAt(tally) / known.records);
  }
  const latest = ages.findLastIndex((tally) => lateAt(tally) > 0);
  return {
    records: Math.round(records),
    atOnce: share,
    ages: shown,
    latest: latest === -1 ? undefined : latest,
  };
}

/** Counts of long ago were halved. */
const shownOf = ({ periods, appeared, changed, vanished }: AgeTally) => ({
  periods: Math.round(periods),
  appeared: Math.round(appeared),
  changed: Math.round(changed),
  vanished: Math.round(vanished),
});
