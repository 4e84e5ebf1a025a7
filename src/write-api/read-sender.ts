import { NotOffered } from '../model/data-set-reader.ts';
import type { Subject } from './failure-of-outcome.ts';
import { type BegunAnswer, readText } from './http-exchange.ts';
import { kindOfAnswer, messagesIn, parsedAnswer, type RequestOutcome } from './outcome.ts';
import { outcomeOfError } from './outcome-of-error.ts';
import { failureOfRead } from './read-failure.ts';
import type { Redactor } from './redact.ts';
import { delayBeforeRetry, isTemporary, readRetryAfter } from './retry-policy.ts';
import type { Persistence } from './retrying.ts';
import type { WriteApiError } from './write-api-error.ts';
import type { WriteHost } from './write-host.ts';

export interface ReadEndpoint extends Persistence {
  readonly host: WriteHost;
  /** Of the data set. */
  readonly path: string;
  readonly userAgent: string;
  readonly subject: Subject;
  readonly redact: Redactor;
}

/** Asks for what can be read of a data set, again as long as what fails may pass. */
export class ReadSender {
  readonly #endpoint: ReadEndpoint;

  constructor(endpoint: ReadEndpoint) {
    this.#endpoint = endpoint;
  }

  /** The body of the answer to a query string. Throws a WriteApiError, or the signal's reason. */
  async ask(query: string, signal: AbortSignal): Promise<BegunAnswer['body'] | NotOffered> {
    const { retry, timing, onRetry, subject } = this.#endpoint;
    const start = timing.monotonic();
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.#askOnce(query, signal);
      if (!('outcome' in result)) return result;
      const elapsed = timing.monotonic() - start;
      const { kind, status, text, retryAfter } = result.outcome;
      const delay = delayBeforeRetry({ kind, attempt, elapsed, retryAfter, random: timing.random() }, retry);
      if (delay === undefined) throw failureOfRead({ ...result, attempts: attempt, elapsed }, subject);
      onRetry({ status, reason: text, attempt, delay: Math.round(delay) });
      await timing.sleep(delay, signal);
    }
  }

  /** What to throw for an error that ended the reading of a body. */
  failureOf(error: unknown, signal: AbortSignal): unknown {
    const { host, redact } = this.#endpoint;
    if (signal.aborted) return signal.reason;
    if (error instanceof SyntaxError)
      return this.#failure({ kind: 'not-the-write-api', status: 200, text: redact(error.message) });
    return this.#failure(outcomeOfError(error, host, redact));
  }

  #failure(outcome: RequestOutcome): WriteApiError {
    return failureOfRead({ outcome, attempts: 1, elapsed: 0 }, this.#endpoint.subject);
  }

  async #askOnce(
    query: string,
    signal: AbortSignal,
  ): Promise<BegunAnswer['body'] | NotOffered | { readonly outcome: RequestOutcome }> {
    const { host, path, userAgent, redact } = this.#endpoint;
    const headers = { accept: 'application/json', 'user-agent': userAgent };
    try {
      const answer = await host.begin({ method: 'GET', path: path + query, headers }, signal);
      return answer.status === 200 && answer.isJson ? answer.body : await this.#refusal(answer);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return { outcome: outcomeOfError(error, host, redact) };
    }
  }

  /** What passes is told apart from what the data set, or the host, does not offer. */
  async #refusal({
    status,
    retryAfter,
    body,
  }: BegunAnswer): Promise<NotOffered | { outcome: RequestOutcome }> {
    const { redact, timing } = this.#endpoint;
    const text = await readText(body, status);
    if (status === 200) return new NotOffered(`it answered ${status}, but not in JSON`);
    const parsed = parsedAnswer(text);
    const kind = kindOfAnswer(status, parsed, text);
    const reason = redact(messagesIn(parsed)[0] ?? text);
    if (!isTemporary(kind) && kind !== 'wants-tls' && kind !== 'proxy-refused')
      return new NotOffered(`it answered ${status}${reason === '' ? '' : `: ${reason}`}`);
    const wait = readRetryAfter(retryAfter, timing.now());
    return { outcome: { kind, status, text: reason, ...(wait !== undefined && { retryAfter: wait }) } };
  }
}
