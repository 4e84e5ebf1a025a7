import { isoTime } from '../calendar/date-time.ts';
import type { RememberedVerification } from '../model/verification.ts';

/** A verification as JSON shows it; null: there was none. */
export function verificationDocument(verification: RememberedVerification | undefined) {
  if (verification === undefined) return null;
  const { startedAt, endedAt, span, outcome } = verification;
  return {
    started_at: isoTime(startedAt),
    ended_at: isoTime(endedAt),
    window: span === undefined ? null : { from: isoTime(span.from), to: isoTime(span.to) },
    compared: outcome.compared,
    ...foundDocument(outcome),
  };
}

function foundDocument(outcome: RememberedVerification['outcome']) {
  switch (outcome.compared) {
    case 'records': {
      const { source, missing, different, extra, setAside } = outcome;
      return { source, missing, different, extra, set_aside: setAside };
    }
    case 'sums': {
      const { source, days, differing, setAside } = outcome;
      return { source, days, days_different: differing, set_aside: setAside };
    }
    case 'nothing': {
      const { side, message, remedy = null } = outcome.failure;
      return { failure: { side, message, remedy } };
    }
  }
}
