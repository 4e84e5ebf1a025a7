import { MINUTE, SECOND } from '../calendar/durations.ts';
import type { Answer } from './data-set-writer.ts';
import type { HostCompany } from './host-company.ts';
import type { RetrySettings } from './retry-policy.ts';
import type { Retry } from './retrying.ts';
import { systemTiming, type Timing } from './timing.ts';
import { WriteApiError } from './write-api-error.ts';

/** Durations are in milliseconds, sizes in bytes. Everything but `url` may be left out. */
export interface WriteApiOptions {
  /** Address of the write API, with or without a path prefix: `/data/<data_group>/<data_type>` is appended. */
  readonly url: string;
  /** Time for one request, from connecting to the end of the answer; 60,000. */
  readonly timeout?: number | undefined;
  /** Most records in one request of `WriteApiClient.post`; 1,000. */
  readonly max_batch_records?: number | undefined;
  /** Most bytes of JSON in one request, before compression; 1,048,576. */
  readonly max_batch_bytes?: number | undefined;
  /** Whether to compress bodies over 2 KiB, until the write host turns out not to take that; true. */
  readonly gzip?: boolean | undefined;
  /** How long to repeat what failed for the time being: `for` 300,000, `first_delay` 500, `max_delay` 30,000. */
  readonly retry?: Partial<RetrySettings> | undefined;
  /** `http://user:password@host:port`; left out: none. `proxyFor` finds the one that an environment names. */
  readonly proxy?: string | undefined;
  /** PEM file with certificate authorities to trust besides those of Node and the system. */
  readonly ca_file?: string | undefined;
  /** Accept http:// for addresses that are not loopback, where tokens travel in the clear; false. */
  readonly allow_plain_http?: boolean | undefined;
  /** Most connections at a time; further requests wait for one, within their timeout; 8. */
  readonly connections?: number | undefined;
  /** `pp-db-collector` */
  readonly user_agent?: string | undefined;
  /** Called after each request, whatever became of it, but for those that were aborted; does nothing. */
  readonly onAnswer?: ((answer: Answer) => void) | undefined;
  /** Called before each wait for another attempt; does nothing. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /**
   * Called when five requests in a row have failed for the time being, whatever their data sets: from then on one at a
   * time tries the write host. Given how many failed and what was said last; does nothing.
   */
  readonly onHostDown?: ((failures: number, reason: string) => void) | undefined;
  /** Called when the write host answers again. Given the milliseconds since the first failure; does nothing. */
  readonly onHostUp?: ((milliseconds: number) => void) | undefined;
  /**
   * Called when the write host does not take compressed bodies and takes the same without compression: from then on all
   * are sent as they are. Given the status that said so; does nothing.
   */
  readonly onCompressionRefused?: ((status: number | undefined) => void) | undefined;
  /** Other processes that send to the same write host, so that one of all tries it when it is down; nobody. */
  readonly company?: HostCompany | undefined;
  /** The clock, the waits and the chance; those of the system. */
  readonly timing?: Timing | undefined;
}

type Optional = 'proxy' | 'ca_file' | 'company';

/** The same with the defaults filled in. */
export type CompleteOptions = Readonly<
  { [Key in Exclude<keyof WriteApiOptions, Optional | 'retry'>]-?: NonNullable<WriteApiOptions[Key]> } & {
    retry: RetrySettings;
  } & Pick<WriteApiOptions, Optional>
>;

/** Fills in the defaults. Throws a WriteApiError for numbers and texts that cannot work. */
export function completeOptions(options: WriteApiOptions): CompleteOptions {
  const complete = {
    url: options.url,
    timeout: options.timeout ?? MINUTE,
    max_batch_records: options.max_batch_records ?? 1_000,
    max_batch_bytes: options.max_batch_bytes ?? 1_048_576,
    gzip: options.gzip ?? true,
    retry: { for: 5 * MINUTE, first_delay: 500, max_delay: 30 * SECOND, ...options.retry },
    proxy: options.proxy,
    ca_file: options.ca_file,
    company: options.company,
    allow_plain_http: options.allow_plain_http ?? false,
    connections: options.connections ?? 8,
    user_agent: options.user_agent ?? 'pp-db-collector',
    onAnswer: options.onAnswer ?? (() => undefined),
    onRetry: options.onRetry ?? (() => undefined),
    onHostDown: options.onHostDown ?? (() => undefined),
    onHostUp: options.onHostUp ?? (() => undefined),
    onCompressionRefused: options.onCompressionRefused ?? (() => undefined),
    timing: options.timing ?? systemTiming,
  };
  const { timeout, max_batch_records, max_batch_bytes, connections, retry } = complete;
  requireAtLeast(1, { timeout, max_batch_records, max_batch_bytes, connections });
  requireAtLeast(0, {
    'retry.for': retry.for,
    'retry.first_delay': retry.first_delay,
    'retry.max_delay': retry.max_delay,
  });
  if (!/^[\x21-\x7e][\x20-\x7e]*$/.test(complete.user_agent))
    throw invalid('user_agent', 'a line of printable ASCII');
  return complete;
}

function requireAtLeast(minimum: number, numbers: Readonly<Record<string, number>>): void {
  for (const [key, value] of Object.entries(numbers)) {
    if (!Number.isFinite(value) || value < minimum) throw invalid(key, `a number, ${minimum} or more`);
  }
}

function invalid(key: string, expected: string): WriteApiError {
  return new WriteApiError(`The option ${key} of the write API client is not ${expected}.`, {
    kind: 'invalid-options',
    side: 'config',
    remedy: `Set ${key} to ${expected}.`,
  });
}
