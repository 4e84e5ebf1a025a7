import { Pool } from 'undici';
import { HEADERS, PATHS, type Served } from '../write-api/served.ts';
import { recordsOf } from './page.ts';

const PAGE = '/dashboards/bench';
/** As browsers ask. */
const AS_BROWSERS = { 'accept-encoding': 'gzip, deflate, br' };
/** Bytes of a page that has all of its charts, compressed. */
const LEAST = 15_000;

/** Reads and writes over HTTP what `page.ts` describes. */
export class Reader {
  readonly #client: Pool;

  constructor({ origin }: Served, connections: number) {
    this.#client = new Pool(origin, { connections });
  }

  /** The tag of the page. */
  async page(): Promise<string> {
    const { statusCode, headers, body } = await this.#client.request({
      method: 'GET',
      path: PAGE,
      headers: AS_BROWSERS,
    });
    const { length } = await body.bytes();
    if (statusCode !== 200 || typeof headers.etag !== 'string' || length < LEAST)
      throw new Error(`a page of ${length} bytes without all of its charts, answered with ${statusCode}`);
    return headers.etag;
  }

  /** Asks whether the page is another one than that of the tag. */
  async unchanged(tag: string): Promise<void> {
    const headers = { ...AS_BROWSERS, 'if-none-match': tag };
    const { statusCode, body } = await this.#client.request({ method: 'GET', path: PAGE, headers });
    await body.dump();
    if (statusCode !== 304) throw new Error(`a page that stayed the same was answered with ${statusCode}`);
  }

  /** How many records were stored: all of a day, again. */
  async write(day: number): Promise<number> {
    const records = recordsOf(day);
    const { statusCode, body } = await this.#client.request({
      method: 'POST',
      path: PATHS.batches,
      headers: HEADERS,
      body: `[${records.map(({ json }) => json).join(',')}]`,
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`a day was answered with ${statusCode}`);
    return records.length;
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
