import type { HostDown } from './breaker.ts';
import type { OutcomeKind, RequestOutcome } from './outcome.ts';
import { delayBeforeRetry, type RetrySettings } from './retry-policy.ts';
import type { Timing } from './timing.ts';

/** Sends once, or tells that the write host was down until `deadline` on the monotonic clock. */
export type SendOnce = (deadline: number) => Promise<RequestOutcome | HostDown>;

/** One request that may be sent again and again. */
export interface Attempts {
  /** Sends the request, the same bytes each time. */
  readonly send: SendOnce;
  /** Sends the same request without records; left out where the request itself carries none. */
  readonly ask?: SendOnce;
  /** Whether the request can be made smaller. */
  readonly divisible: boolean;
  /** Whether a 500 is at once followed by the question who is to blame, the records or the host; else at the end only. */
  readonly suspected?: boolean;
}

export interface LastOutcome {
  readonly outcome: RequestOutcome;
  /** How often the request was tried. */
  readonly attempts: number;
  /** Milliseconds since the first attempt began. */
  readonly elapsed: number;
  /** The records were answered 500, and then an empty list as stored. */
  readonly blamed?: boolean;
  /** Set when the request gave up waiting for a host that answers nobody; the outcome is then perhaps that of another request. */
  readonly hostDown?: HostDown;
}

/** What became of one request. */
export interface Answer {
  /** `<data_group>/<data_type>` */
  readonly dataSet: string;
  /** Undefined when there was no answer. */
  readonly status: number | undefined;
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
  /** Milliseconds until it is sent again; longer while the write host is down. */
  readonly delay: number;
}

/** How to keep trying, and who is told. */
export interface Persistence {
  readonly retry: RetrySettings;
  readonly timing: Timing;
  readonly onRetry: (retry: Omit<Retry, 'dataSet'>) => void;
}

/** What an empty list is answered with when the trouble lies with the request itself, or is over. */
const NO_OBJECTION: ReadonlySet<OutcomeKind | 'host-down'> = new Set<OutcomeKind>([
  'stored',
  'record-refused',
  'refused',
  'too-large',
]);

/** While the host seems down it is tried once per max_delay: the question who is to blame must not miss its turn narrowly. */
const TRIES_TO_BLAME = 2;

/**
 * Sends a request until it is answered for good or the time for retries is over.
 *
 * A large request can be answered before it is read to its end: the sender then sees a broken
 * connection instead of a 401, 404 or 413. So after a break the write API is asked first with an empty
 * list, which it reads to the end; and a request that breaks twice although that is answered well counts as too large.
 */
export async function keepTrying(
  attempts: Attempts,
  { retry, timing, onRetry }: Persistence,
  waiting: AbortSignal,
): Promise<LastOutcome> {
  const start = timing.monotonic();
  const deadline = start + retry.for;
  // The last attempt may itself have taken long.
  const latest = () => Math.max(deadline, timing.monotonic()) + TRIES_TO_BLAME * retry.max_delay;
  let breaks = 0;
  let last: LastOutcome | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const objection = breaks > 0 ? await objectionTo(attempts, deadline) : undefined;
    const answer = objection ?? (await attempts.send(deadline));
    const elapsed = timing.monotonic() - start;
    if (answer.kind === 'host-down') return await givenUp(answer, last, elapsed, attempts, latest());
    if (objection === undefined && answer.kind === 'cut-off') breaks += 1;
    last = { outcome: answer, attempts: attempt, elapsed };
    if (breaks > 1 && attempts.divisible) return { ...last, outcome: { ...answer, kind: 'too-large' } };
    const { kind, retryAfter } = answer;
    const delay = delayBeforeRetry({ kind, attempt, elapsed, retryAfter, random: timing.random() }, retry);
    if (attempts.suspected || delay === undefined) last = await blame(last, attempts, latest());
    if (last.blamed || delay === undefined) return last;
    onRetry({
      status: answer.status,
      reason: answer.messages?.[0] ?? answer.text,
      attempt,
      delay: Math.round(delay),
    });
    await timing.sleep(delay, waiting);
  }
}

async function objectionTo(
  { ask }: Attempts,
  deadline: number,
): Promise<RequestOutcome | HostDown | undefined> {
  const answer = await ask?.(deadline);
  return answer && !NO_OBJECTION.has(answer.kind) ? answer : undefined;
}

async function givenUp(
  hostDown: HostDown,
  last: LastOutcome | undefined,
  elapsed: number,
  attempts: Attempts,
  deadline: number,
): Promise<LastOutcome> {
  if (last === undefined) return { outcome: hostDown.last, attempts: 0, elapsed, hostDown };
  return await blame({ ...last, elapsed, hostDown }, attempts, deadline);
}

/** After a 500 it takes an empty list to tell whether the records are to blame; that may wait for a host that seems down. */
async function blame(last: LastOutcome, { ask }: Attempts, deadline: number): Promise<LastOutcome> {
  if (last.outcome.status !== 500 || ask === undefined) return last;
  const answer = await ask(deadline);
  return answer.kind === 'stored' ? { ...last, blamed: true } : last;
}
