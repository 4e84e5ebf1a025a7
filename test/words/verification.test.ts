import { describe, expect, test } from 'vitest';
import type { VerificationOutcome } from '../../src/model/verification.ts';
import { differenceText, verificationSaid } from '../../src/words/verification.ts';

const records = (over: Partial<VerificationOutcome & { compared: 'records' }> = {}): VerificationOutcome => ({
  ...{ compared: 'records', source: 12_408, missing: 0, different: 0, extra: 0, setAside: 0 },
  ...over,
});
const sums = (differing: number): VerificationOutcome => ({
  ...{ compared: 'sums', source: 1, days: 31, differing, setAside: 0 },
});
const failure = { side: 'source', message: 'nobody answers', remedy: undefined } as const;

describe('what came of a verification', () => {
  test.each([
    [records(), undefined, 'agreed with the source, 12,408 records'],
    [
      records({ missing: 1_200, extra: 3 }),
      '1,203 records',
      'differed from the source, which has 12,408 records: 1,200 missing in the data set and 3 in the data set alone',
    ],
    [
      records({ different: 1, source: 1 }),
      '1 record',
      'differed from the source, which has 1 record: 1 different',
    ],
    [sums(0), undefined, 'agreed with the source in counts and sums, 1 record on 31 days'],
    [sums(2), '2 days', 'differed from the source in counts or sums on 2 of 31 days'],
    [{ compared: 'nothing', failure }, undefined, 'could not be compared: nobody answers'],
  ] as const)('%o', (outcome, difference, said) => {
    expect(verificationSaid(outcome)).toBe(said);
    expect(differenceText(outcome)).toBe(difference);
  });
});
