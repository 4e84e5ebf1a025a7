import { parseAddress, parseProxy } from './address.ts';
import { trustingFile } from './certificates.ts';
import { completeOptions, type WriteApiOptions } from './client-options.ts';
import { type DataSetName, nameOf, pathOf } from './data-set.ts';
import { HttpDataSetReader } from './http-data-set-reader.ts';
import { createRedactor } from './redact.ts';
import { WriteHost } from './write-host.ts';

/** How data sets are read; each as the client that writes has it. */
export type ReadOptions = Pick<
  WriteApiOptions,
  'url' | 'proxy' | 'ca_file' | 'timeout' | 'retry' | 'connections' | 'user_agent' | 'timing' | 'onRetry'
>;

/** Reads data sets. No token goes along: what may be read may be read by everybody. */
export class ReadClient {
  readonly #options: ReturnType<typeof completeOptions>;
  readonly #address: URL;
  readonly #secrets: readonly string[];
  readonly #host: WriteHost;

  /** Checks the options and connects to nothing yet. Throws a WriteApiError for options that cannot work. */
  constructor(options: ReadOptions) {
    this.#options = completeOptions(options);
    const { url, proxy, ca_file, timeout, connections } = this.#options;
    this.#address = parseAddress(url, true);
    const route = proxy === undefined ? undefined : parseProxy(proxy, this.#address, true);
    this.#secrets = route?.secrets ?? [];
    const secureContext = ca_file === undefined ? undefined : trustingFile(ca_file);
    this.#host = new WriteHost({ target: this.#address, proxy: route, secureContext, timeout, connections });
  }

  /** One data set. Throws a WriteApiError for a name that no path can hold. */
  reader(dataSet: DataSetName): HttpDataSetReader {
    const { retry, timing, onRetry, user_agent: userAgent, ca_file: caFile } = this.#options;
    const path = this.#address.pathname.replace(/\/+$/, '') + pathOf(dataSet);
    const { origin } = this.#address;
    const name = nameOf(dataSet);
    return new HttpDataSetReader({
      host: this.#host,
      path,
      userAgent,
      subject: { dataSet: name, address: origin + path, host: origin, caFile },
      redact: createRedactor(this.#secrets),
      retry,
      timing,
      onRetry: (retry) => onRetry({ dataSet: name, ...retry }),
    });
  }

  /** Ends all connections; reads on their way fail. May be called again. */
  close(): void {
    this.#host.close();
  }
}
