import type { RememberedVerification, VerificationOutcome } from '../model/verification.ts';
import type { Repair } from './repair.ts';
import type { SumsRepair } from './repair-sums.ts';
import type { Verified } from './verify-records.ts';
import type { VerifiedSums } from './verify-sums.ts';

/** What is remembered of a verification. @param repair what is left after it counts; left out: there was none */
export function remembered(
  verified: Verified | VerifiedSums,
  repair?: Repair | SumsRepair,
): RememberedVerification {
  const { job, startedAt, endedAt, span } = verified.verification;
  return { job, startedAt, endedAt, ...(span && { span }), outcome: outcomeOf(verified, repair) };
}

function outcomeOf(verified: Verified | VerifiedSums, repair?: Repair | SumsRepair): VerificationOutcome {
  if ('known' in verified) {
    const { source, missing, different, extra, setAside } = verified.verification.counts;
    const left = repair !== undefined && 'removed' in repair ? repair.left : {};
    return { compared: 'records', source, missing, different, extra, setAside, ...left };
  }
  const { records, days, differences, setAside } = verified.verification;
  const left = repair === undefined || 'removed' in repair ? differences : repair.left;
  return { compared: 'sums', source: records, days, differing: left.length, setAside };
}
