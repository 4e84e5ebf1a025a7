import type { Ended } from './collector-process.ts';
import type { Happening } from './fault-kinds.ts';
import type { Differences } from './model.ts';

/** What may have made a run end as it did. */
export interface Circumstances {
  readonly happenings: readonly Happening[];
  /** The exit codes of the sides for which times are short in this round. */
  readonly hurried: readonly number[];
  /** What was sent to it before it ended. */
  readonly signal: NodeJS.Signals | undefined;
  readonly hasBadRows: boolean;
  readonly hasRival: boolean;
  /** A replay while a snapshot waits to replace the whole data set, which would remove what is replayed. */
  readonly isWithheld: boolean;
  /** A replay of a dead letter of which a newer version was sent, and nobody knows whether it arrived. */
  readonly isOvertaken: boolean;
}

const BUSY = 9;
const WITHHELD = 3;
const TERMINATED = 143;
/** A run that ends with one of these had the job's lease, and has given it back. */
const LEASED: readonly (number | null)[] = [0, 4, 5, 6, 7];

/** A run may only end as what was done to it explains. */
export function checkEnd(
  ended: Ended,
  { happenings, hurried, signal, hasBadRows, hasRival, isWithheld, isOvertaken }: Circumstances,
): Differences {
  if (ended.hung) return ['the collector did not end'];
  if (ended.signal !== null && ended.signal === signal) return [];
  const allowed = new Set([
    0,
    ...(hasBadRows || isOvertaken ? [7] : []),
    ...(hasRival ? [BUSY] : []),
    ...(isWithheld ? [WITHHELD] : []),
    ...(signal === 'SIGTERM' ? [TERMINATED] : []),
    ...hurried,
    ...happenings.flatMap(codesOf),
  ]);
  if (ended.code !== null && allowed.has(ended.code)) return [];
  const codes = [...allowed].join(', ');
  return [
    `exit code ${ended.code ?? ended.signal}, allowed: ${codes}; it said:\n${ended.text.slice(-2_000)}`,
  ];
}

/** One of two runs at the same time is turned away, never both. */
export const checkRivals = (ends: readonly Ended[]): Differences =>
  ends.every(({ code }) => code === BUSY) ? ['nobody ran the job: each run took another for busy'] : [];

/** @param leases how many there are once every run has ended */
export function checkLeases(ends: readonly Ended[], leases: number): Differences {
  const last = ends.toSorted((one, other) => one.endedAt - other.endedAt).at(-1);
  const isClean = ends.every(({ signal }) => signal === null) && LEASED.includes(last?.code ?? null);
  return isClean && leases > 0 ? [`${leases} leases are left after a run that ended by itself`] : [];
}

function codesOf(what: Happening): readonly number[] {
  switch (what) {
    case '401 for a while':
      return [6];
    case 'redirect':
      return [3];
    // More than five of one batch fail the run.
    case '400 for some records':
      return [6, 7];
    default:
      if (what.startsWith('database')) return [4];
      return /^(killed|stopped|rival|bad row|clock|log disk|dead letters|changed|closed|file of)|rows|gauges/.test(
        what,
      )
        ? []
        : [5];
  }
}
