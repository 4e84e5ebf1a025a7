import type { RequestOutcome } from '../../write-api/outcome.ts';

/** What `send` ends with: the exit codes and the messages of backdrop-send, which scripts rely on. */
export interface SendOutcome {
  readonly code: SendExitCode;
  /** Empty when the data was taken. */
  readonly message: string;
  /** What lies behind the message, where it does not say so itself; backdrop-send has nothing of the kind. */
  readonly detail: string;
}

export type SendExitCode = 0 | 4 | 8 | 16 | 32;

const FAILED = 'Unable to send to backdrop.';

/** What became of one request, as backdrop-send says it. Any 2xx counts as taken, whatever the answer holds. */
export function sendOutcomeOf({ kind, status, text }: RequestOutcome): SendOutcome {
  if (status !== undefined) return ofStatus(status, text);
  return kind === 'timeout'
    ? { code: 32, message: `${FAILED} Request timeout.`, detail: text }
    : { code: 16, message: `${FAILED} Connection error.`, detail: text };
}

function ofStatus(status: number, text: string): SendOutcome {
  if (status >= 200 && status < 300) return { code: 0, message: '', detail: '' };
  // The write API of those days answered 403, the later ones 401.
  if (status === 401 || status === 403)
    return { code: 4, message: `${FAILED} Unauthorised: check your access token.`, detail: '' };
  return { code: 8, message: `${FAILED} Server responded with ${status}. Error: ${text}.`, detail: '' };
}
