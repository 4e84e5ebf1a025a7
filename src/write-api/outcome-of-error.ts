import { codeOf, describe, isNetworkFailure, kindOfFailure, mayArriveLate } from './network-failure.ts';
import type { RequestOutcome } from './outcome.ts';
import type { Redactor } from './redact.ts';
import { WriteApiError } from './write-api-error.ts';
import type { WriteHost } from './write-host.ts';

/** What became of a request that an error ended. Throws one that the network is not to blame for. */
export function outcomeOfError(error: unknown, host: WriteHost, redact: Redactor): RequestOutcome {
  if (host.closed) throw new WriteApiError('The client is closed.', { kind: 'closed', side: 'internal' });
  if (!isNetworkFailure(error)) throw error;
  return {
    kind: kindOfFailure(error),
    code: codeOf(error),
    text: redact(describe(error)),
    mayArriveLate: mayArriveLate(error),
  };
}
