import type { Verification, VerifiedCounts } from '../model/verification.ts';
import { compareOnce, compareTwice, type Found } from './compare.ts';
import { DifferenceList } from './difference-list.ts';
import { Look } from './look.ts';
import { keyOf, type RecordKey } from './partitions.ts';
import type { Prepared } from './prepare.ts';

/** Differences that are known one by one, for whoever mends them. */
const MOST_KNOWN = 100_000;

/** What came of it, for people and for whoever mends it. */
export interface Verified {
  readonly verification: Verification;
  readonly prepared: Prepared;
  readonly known: KnownDifferences;
}

/** The differences, up to a bound. */
export class KnownDifferences {
  readonly standings = new Map<RecordKey, Found['standing']>();
  readonly hours = new Set<number>();
  readonly counts = { missing: 0, different: 0, extra: 0 };

  get count(): number {
    const { missing, different, extra } = this.counts;
    return missing + different + extra;
  }

  note({ id, standing, hour }: Found): void {
    this.counts[standing] += 1;
    this.hours.add(hour);
    if (this.standings.size < MOST_KNOWN) this.standings.set(keyOf(id), standing);
  }
}

/**
 * Compares record by record, in memory that does not grow with their number. What is not equal is read a second time,
 * while no run of the job goes on, and only what is not equal then either is a difference. Throws a Failure.
 */
export async function verifyRecords(prepared: Prepared): Promise<Verified> {
  const { settings, scope, about, alone, now } = prepared;
  const first = new Look(settings);
  try {
    await first.read(scope);
    const suspected = new KnownDifferences();
    const equal = compareOnce(first, (found) => suspected.note(found));
    const confirmed =
      suspected.count === 0
        ? { known: suspected, differences: [], setAside: 0, still: 0 }
        : await alone(() => lookAgain(prepared, first, suspected));
    const { known, differences } = confirmed;
    const counts: VerifiedCounts = {
      source: first.records,
      equal: equal + suspected.count - confirmed.still,
      ...known.counts,
      setAside: confirmed.setAside + first.notRecords,
    };
    return { verification: { ...about, endedAt: now(), counts, differences }, prepared, known };
  } finally {
    first.close();
  }
}

async function lookAgain({ settings, scope, letters }: Prepared, first: Look, suspected: KnownDifferences) {
  const list = new DifferenceList(suspected.standings);
  const second = new Look(settings, list);
  try {
    await second.read(scope.around(suspected.hours));
    const known = new KnownDifferences();
    let [still, setAside] = [0, 0];
    compareTwice(first, second, (found) => {
      still += 1;
      const key = keyOf(found.id);
      // What is no record has been counted as a row already.
      if (second.setAside.has(key) || first.setAside.has(key)) return;
      if (letters.has(key)) setAside += 1;
      else known.note(found);
    });
    return { known, still, setAside, differences: list.of(known.standings) };
  } finally {
    second.close();
  }
}
