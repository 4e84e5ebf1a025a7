import type { Outcome, OutcomeKind } from './outcome.ts';
import { delayBeforeRetry, type RetrySettings } from './retry-policy.ts';
import type { Timing } from './timing.ts';

/** One request that may be sent again and again. */
export interface Attempts {
  /** Sends the request, the same bytes each time. */
  readonly send: () => Promise<Outcome>;
  /** Sends the same request without records; left out where the request itself carries none. */
  readonly ask?: () => Promise<Outcome>;
  /** Whether the request can be made smaller. */
  readonly divisible: boolean;
}

export interface LastOutcome {
  readonly outcome: Outcome;
  /** How often the request was tried. */
  readonly attempts: number;
  /** Milliseconds since the first attempt began. */
  readonly elapsed: number;
}

/** A request that will be sent again, and why. */
export interface Retry {
  /** `<data_group>/<data_type>` */
  readonly dataSet: string;
  /** Status of the answer; undefined when there was none. */
  readonly status: number | undefined;
  /** What was answered, or what became of the connection. No secret is in it. */
  readonly reason: string;
  /** How often the request has been tried. */
  readonly attempt: number;
  /** Milliseconds until it is sent again. */
  readonly delay: number;
}

/** What an empty list is answered with when the trouble lies with the request itself, or is over. */
const NO_OBJECTION: ReadonlySet<OutcomeKind> = new Set(['stored', 'record-refused', 'refused', 'too-large']);

/**
 * Sends a request until it is answered for good or the time for retries is over.
 *
 * A large request can be answered before it is read to its end: the sender then sees a broken
 * connection instead of a 401, 404 or 413. So after a break the write API is asked first with an empty
 * list, which it reads to the end; and a request that breaks twice although that is answered well counts as too large.
 */
export async function keepTrying(
  attempts: Attempts,
  retry: RetrySettings,
  timing: Timing,
  onRetry: (retry: Omit<Retry, 'dataSet'>) => void,
  signal: AbortSignal,
): Promise<LastOutcome> {
  const start = timing.monotonic();
  let breaks = 0;
  for (let attempt = 1; ; attempt += 1) {
    const objection = breaks > 0 ? await objectionTo(attempts) : undefined;
    const outcome = objection ?? (await attempts.send());
    const elapsed = timing.monotonic() - start;
    if (objection === undefined && outcome.kind === 'cut-off') breaks += 1;
    if (breaks > 1 && attempts.divisible)
      return { outcome: { ...outcome, kind: 'too-large' }, attempts: attempt, elapsed };
    const { kind, retryAfter } = outcome;
    const delay = delayBeforeRetry({ kind, attempt, elapsed, retryAfter, random: timing.random() }, retry);
    if (delay === undefined) return { outcome, attempts: attempt, elapsed };
    onRetry({
      status: outcome.status,
      reason: outcome.messages?.[0] ?? outcome.text,
      attempt,
      delay: Math.round(delay),
    });
    await timing.sleep(delay, signal);
  }
}

async function objectionTo({ ask }: Attempts): Promise<Outcome | undefined> {
  const answer = await ask?.();
  return answer && !NO_OBJECTION.has(answer.kind) ? answer : undefined;
}
