import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A write API that keeps the ids of the records of each data set, and how often each came. */
export class RecordingHost {
  readonly #server: Server;
  readonly #records = new Map<string, Map<string, number>>();
  /** What it answers in place of "ok": a status. */
  broken: number | undefined;
  /** Requests, also those that were answered otherwise. */
  requests = 0;
  /** How many have come in whole and wait. */
  held = 0;
  #mayAnswer = Promise.resolve();
  #letGo = () => {};

  constructor() {
    this.#server = createServer(async (request, response) => {
      this.requests++;
      const body = await bodyOf(request);
      this.held++;
      await this.#mayAnswer;
      this.held--;
      if (this.broken === undefined) this.#take(request.url ?? '', body);
      response.writeHead(this.broken ?? 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: this.broken === undefined ? 'ok' : 'error', message: '' }));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How often each record of a data set came, by its number. */
  numbersOf(dataSet: string): ReadonlyMap<string, number> {
    return this.#records.get(`/data/test/${dataSet}`) ?? new Map();
  }

  /** Lets requests wait from now on. */
  hold(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    [this.#mayAnswer, this.#letGo] = [promise, resolve];
  }

  /** Answers those that wait, and all that come. */
  letGo(): void {
    this.#letGo();
  }

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  async close(): Promise<void> {
    this.letGo();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  #take(path: string, body: string): void {
    const parsed: unknown = body === '' ? [] : JSON.parse(body);
    const known = this.#records.get(path) ?? new Map<string, number>();
    this.#records.set(path, known);
    for (const record of Array.isArray(parsed) ? parsed : [parsed]) {
      const number = String((record as { number: unknown }).number);
      known.set(number, (known.get(number) ?? 0) + 1);
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
}
