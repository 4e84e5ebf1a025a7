import { Batch } from '../model/batch.ts';
import type { Acknowledgement, RefusedRecord } from '../model/target.ts';
import { parseAddress, parseProxy } from './address.ts';
import { GivenUpRecords } from './after-unknown-outcome.ts';
import { Breaker } from './breaker.ts';
import { trustingFile } from './certificates.ts';
import { type CompleteOptions, completeOptions, type WriteApiOptions } from './client-options.ts';
import { Compression } from './compressing.ts';
import { checkToken, type DataSetAddress, nameOf, pathOf } from './data-set.ts';
import { DataSetWriter, type Shared } from './data-set-writer.ts';
import { type Endpoint, HttpSender } from './http-sender.ts';
import type { RequestOutcome } from './outcome.ts';
import { type RecordObject, recordJson } from './record-json.ts';
import { createRedactor } from './redact.ts';
import { someRefused } from './refused-records.ts';
import { callWith } from './sender.ts';
import { WriteHost } from './write-host.ts';

export interface CallOptions {
  /** Ends the call at once; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A client of the Performance Platform's write API. It batches, compresses, keeps connections alive and
 * repeats what failed for the time being; give records an `_id`, and repeats change nothing. All methods
 * throw a WriteApiError, no text of which holds a token, or the reason of an aborted signal.
 *
 * ```ts
 * const client = new WriteApiClient({ url: 'https://www.performance.service.gov.uk' });
 * const dataSet = { data_group: 'carers-allowance', data_type: 'transaction-count', token: 'as issued' };
 * await client.post(dataSet, [{ _id: '2015-01-01', _timestamp: '2015-01-01T00:00:00Z', count: 123 }]);
 * await client.close();
 * ```
 */
export class WriteApiClient {
  readonly #options: CompleteOptions;
  readonly #address: URL;
  readonly #proxySecrets: readonly string[];
  readonly #host: WriteHost;
  readonly #taughtByHost: Omit<Shared, 'givenUp'>;
  /** By the path of the data set. */
  readonly #givenUp = new Map<string, GivenUpRecords>();

  /** Checks the options and connects to nothing yet. Throws a WriteApiError for options that cannot work. */
  constructor(options: WriteApiOptions) {
    this.#options = completeOptions(options);
    const { url, proxy, ca_file, timeout, connections, allow_plain_http } = this.#options;
    this.#address = parseAddress(url, allow_plain_http);
    const route = {
      target: this.#address,
      proxy: proxy === undefined ? undefined : parseProxy(proxy, this.#address, allow_plain_http),
      secureContext: ca_file === undefined ? undefined : trustingFile(ca_file),
    };
    this.#proxySecrets = route.proxy?.secrets ?? [];
    this.#host = new WriteHost({ ...route, timeout, connections });
    const { retry, gzip, onCompressionRefused, ...settings } = this.#options;
    this.#taughtByHost = {
      breaker: new Breaker({ ...settings, pause: retry.max_delay }),
      compression: new Compression(gzip, onCompressionRefused),
    };
  }

  /**
   * Stores records, in order: objects, or texts that each are the JSON of one record. Records that the write API
   * refuses by themselves do not keep the others away: when all others are stored, it throws a WriteApiError of kind
   * `record-refused` whose `refused` lists them, each with the reason. When more than five of one batch are refused,
   * or whenever it throws another error, only some of the records may be stored; sending all of them again is safe if
   * they have an `_id`.
   */
  async post(
    dataSet: DataSetAddress,
    records: readonly (RecordObject | string)[],
    options: CallOptions = {},
  ): Promise<Omit<Acknowledgement, 'refused'>> {
    const target = this.target(dataSet);
    const prepared = records.map(recordJson);
    const total = { requests: 0, bytesSent: 0 };
    const refused: RefusedRecord[] = [];
    for (let start = 0; start < prepared.length; start += this.#options.max_batch_records) {
      const batch = Batch.of(prepared.slice(start, start + this.#options.max_batch_records));
      const acknowledged = await target.post(batch, signalOf(options));
      total.requests += acknowledged.requests;
      total.bytesSent += acknowledged.bytesSent;
      refused.push(...acknowledged.refused);
    }
    if (refused.length > 0) throw someRefused(nameOf(dataSet), refused, prepared.length);
    return total;
  }

  /** Learns from other processes whether the write host is down, where there are any (`company`). */
  async learn(): Promise<void> {
    await this.#taughtByHost.breaker.learn();
  }

  /** Removes all records of a data set. The message is what the write API says about it, or empty. */
  async empty(
    dataSet: DataSetAddress,
    options: CallOptions = {},
  ): Promise<Omit<Acknowledgement, 'refused'> & { message: string }> {
    return await this.target(dataSet).empty(signalOf(options));
  }

  /**
   * Asks whether the write API takes records for this data set: one request without records, not repeated. With
   * `gzip` it is compressed, and goes once more as it is where the write API may not take that; which the result then
   * says.
   */
  async check(
    dataSet: DataSetAddress,
    options: CallOptions = {},
  ): Promise<{ readonly takesCompressed: boolean }> {
    return await this.target(dataSet).check(signalOf(options));
  }

  /**
   * Posts bytes once, as they are, and tells what became of it: to a data set, or with a token alone to the url of
   * the client.
   *
   * @param longest characters of an answer that are told
   */
  async postAsIs(
    to: DataSetAddress | Pick<DataSetAddress, 'token'>,
    body: Buffer,
    longest: number,
    options: CallOptions = {},
  ): Promise<RequestOutcome> {
    const path = 'data_group' in to ? this.#pathTo(to) : this.#address.pathname;
    const sender = new HttpSender(this.#endpoint(path, to.token, longest), () => undefined);
    const call = callWith(signalOf(options));
    return (await sender.send({ purpose: 'records', body, call, deadline: 0 })).outcome;
  }

  /**
   * One data set, for many batches of prepared records: it remembers how large a request may be. Throws a
   * WriteApiError for a token or a name that cannot be sent.
   */
  target(dataSet: DataSetAddress): DataSetWriter {
    const path = this.#pathTo(dataSet);
    const { origin } = this.#address;
    const { token, token_source: tokenSource } = dataSet;
    const { ca_file: caFile } = this.#options;
    const subject = { dataSet: nameOf(dataSet), address: origin + path, host: origin, tokenSource, caFile };
    const givenUp = this.#givenUp.get(path) ?? new GivenUpRecords();
    this.#givenUp.set(path, givenUp);
    return new DataSetWriter(
      this.#endpoint(path, token),
      subject,
      { ...this.#taughtByHost, givenUp },
      this.#options,
    );
  }

  /** Ends all connections; calls on their way fail. May be called again. */
  async close(): Promise<void> {
    this.#host.close();
    this.#taughtByHost.breaker.release();
  }

  #pathTo(dataSet: DataSetAddress): string {
    checkToken(dataSet);
    return this.#address.pathname.replace(/\/+$/, '') + pathOf(dataSet);
  }

  #endpoint(path: string, token: string, longest?: number): Endpoint {
    const { timing, user_agent: userAgent } = this.#options;
    const redact = createRedactor([token, ...this.#proxySecrets], longest);
    return { host: this.#host, path, token, userAgent, redact, timing };
  }
}

function signalOf(options: CallOptions): AbortSignal {
  return options.signal ?? new AbortController().signal;
}
