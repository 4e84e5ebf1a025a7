import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { reset } from '../support/reset.ts';
import { cut, type Exchange, repeat, say } from './exchange.ts';
import { BAD_ROWS, type WriteFault } from './fault-kinds.ts';
import { type ForwardedAnswer, forward } from './forward.ts';
import { Observations } from './observations.ts';
import type { PlannedWriteFault } from './plan.ts';
import { recordsIn, type SentRecord } from './record-list.ts';
import type { WriteApiProcess } from './write-api-process.ts';
import { type HostPowers, MISBEHAVIOURS } from './write-faults.ts';

/** Bytes of a body that fit between the largest record and a usual batch. */
const SMALL = 1_500;

/** Of so many records, by `seq`, one is refused for a while: few enough to be told apart in any batch. */
const REFUSED_OF = 17;

/**
 * A request that is held back so that a kill can hit: milliseconds before it is passed on, and before its answer is.
 */
export interface Hold {
  readonly request: number;
  readonly before: number;
  readonly after: number;
}

/** What the faults of one round have brought about, for each request of that round that comes after. */
class Aftermath {
  /** Requests that are still to be answered 401. */
  refusals = 0;
  largestBody = Number.POSITIVE_INFINITY;
  /** Which records are refused, as the rest of `seq`. */
  refusedRest: number | undefined;
  /** Milliseconds after an answer at which its connection is closed without notice. */
  closesAfter: number | undefined;
}

/** Stands between the collector and the write API and is unkind, one request after the other as planned. */
export class WriteHost implements HostPowers {
  /** The values of `seq` in every record that has come. */
  readonly sent = new Set<number>();
  /** The values of `seq` in records that were refused, though not for ever. */
  readonly refusedForAWhile = new Set<number>();
  /** What must never happen. */
  readonly violations: string[] = [];
  readonly #api: WriteApiProcess;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;
  #observations = new Observations();
  #plan: readonly PlannedWriteFault[] = [];
  #hold: Hold | undefined;
  #aftermath = new Aftermath();
  /** What has to be repaired, one thing after the other. */
  #repair: Promise<unknown> = Promise.resolve();

  private constructor(api: WriteApiProcess) {
    this.#api = api;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket.on('error', () => undefined));
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(api: WriteApiProcess): Promise<WriteHost> {
    const host = new WriteHost(api);
    await host.#listen();
    return host;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** What the next requests meet. */
  plan(faults: readonly PlannedWriteFault[], observations: Observations, hold: Hold | undefined): void {
    this.#plan = faults;
    this.#observations = observations;
    this.#hold = hold;
    this.#aftermath = new Aftermath();
  }

  /**
   * Resolves when the write API has answered what it was given and is up again, as this host is; throws when they cannot
   * be. A request outlives the run that is killed, and what is planned for its answer happens still.
   */
  async recovered(): Promise<void> {
    const seen = this.#observations;
    await seen.until(() => seen.forwarded === 0);
    await this.#repair;
  }

  async close(): Promise<void> {
    await this.#repair.catch(() => undefined);
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#cutAll();
    await closed;
  }

  async passOn(
    exchange: Exchange,
    then: (answer: ForwardedAnswer) => unknown = (answer) => repeat(exchange, answer),
  ): Promise<void> {
    const { seen, number, request, body } = exchange;
    seen.forwarded += 1;
    seen.changed();
    try {
      const answer = await forward(this.#api.port, request, body);
      if (this.#hold?.request === number) await delay(this.#hold.after);
      await then(answer);
    } catch {
      // The write API is not there.
      cut(exchange);
    } finally {
      seen.forwarded -= 1;
      seen.changed();
    }
  }

  store({ request }: Exchange, records: readonly SentRecord[]): Promise<ForwardedAnswer | undefined> {
    const { method, url, headers } = request;
    const plain = { method, url, headers: { ...headers, 'content-encoding': undefined } };
    return forward(this.#api.port, plain, Buffer.from(JSON.stringify(records))).catch(() => undefined);
  }

  refuseConnections(duration: number): void {
    this.#afterRepair(async () => {
      const closed = once(this.#server, 'close');
      this.#server.close();
      this.#cutAll();
      await closed;
      await delay(duration);
      await this.#listen();
    });
  }

  async killWriteApi(duration: number): Promise<void> {
    const killed = this.#repair.then(() => this.#api.kill9());
    this.#afterRepair(() => killed.then(() => delay(duration)).then(() => this.#api.restart()));
    await killed;
  }

  #afterRepair(action: () => Promise<void>): void {
    this.#repair = this.#repair.then(action);
    // Whoever waits for the repair is told; until then nobody may be waiting.
    this.#repair.catch(() => undefined);
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #cutAll(): void {
    for (const socket of this.#sockets) reset(socket);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Only writes are counted and meet what is planned; what is read meets a write API that is killed.
    if (request.method === 'GET') return this.#read(request, response);
    const seen = this.#observations;
    // A request outlives the run that is killed: what it brings about is not for the runs after that.
    const aftermath = this.#aftermath;
    const number = seen.begun++;
    const fault = this.#plan.find((planned) => planned.request === number);
    seen.changed();
    if (!request.url?.startsWith('/data/'))
      this.violations.push(`a request to ${request.url}, as if a redirect were followed`);
    try {
      const body = await this.#receive(request, fault?.kind);
      if (body === undefined) return;
      if (fault?.kind === 'closed after each answer') aftermath.closesAfter = fault.duration % 40;
      if (aftermath.closesAfter !== undefined) this.#closeLater(request, response, aftermath.closesAfter);
      const records = recordsIn(body, request) ?? [];
      for (const { seq } of records) this.sent.add(Number(JSON.stringify(seq)));
      await this.#answer({ number, fault, request, body, records, response, seen }, aftermath);
    } finally {
      seen.over += 1;
      seen.lastOver = performance.now();
      seen.changed();
    }
  }

  async #read(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = await forward(this.#api.port, request, Buffer.alloc(0));
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  }

  /** Undefined when the connection was cut, as planned or not. */
  async #receive(request: IncomingMessage, kind: WriteFault | undefined): Promise<Buffer | undefined> {
    if (kind === 'cut before the body') return this.#cut(request, kind);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) {
        if (kind === 'cut within the body') return this.#cut(request, kind);
        chunks.push(chunk as Buffer);
      }
    } catch {
      return undefined;
    }
    return kind === 'cut after the body' ? this.#cut(request, kind) : Buffer.concat(chunks);
  }

  #cut(request: IncomingMessage, kind: WriteFault): undefined {
    this.#observations.happened(kind);
    cut({ request });
    return undefined;
  }

  /** As servers do that end idle connections at once and do not say so. */
  #closeLater(request: IncomingMessage, response: ServerResponse, after: number): void {
    const seen = this.#observations;
    response.once('finish', () =>
      setTimeout(() => {
        seen.happened('closed after each answer');
        request.socket.end();
      }, after),
    );
  }

  /** Whether a record is refused that will be taken later; those that are refused for ever are others. */
  #isRefusedForAWhile({ records, seen }: Exchange, { refusedRest }: Aftermath): boolean {
    const refused = records.filter(
      ({ seq, note }) =>
        Number(JSON.stringify(seq)) % REFUSED_OF === refusedRest && !BAD_ROWS.some((kind) => kind === note),
    );
    if (refused.length > 0) seen.happened('400 for some records');
    for (const { seq } of refused) this.refusedForAWhile.add(Number(JSON.stringify(seq)));
    return refused.length > 0;
  }

  async #answer(exchange: Exchange, aftermath: Aftermath): Promise<void> {
    const { number, fault, records, seen } = exchange;
    if (this.#hold?.request === number) await delay(this.#hold.before);
    if (fault?.kind === '401 for a while') aftermath.refusals = fault.amount;
    if (fault?.kind === '413 above a size') aftermath.largestBody = SMALL;
    if (aftermath.refusals > 0) {
      aftermath.refusals -= 1;
      seen.happened('401 for a while');
      return say(exchange, 401, { status: 'error', message: 'Unauthorized' });
    }
    if (records.length > 1 && JSON.stringify(records).length > aftermath.largestBody) {
      seen.happened('413 above a size');
      return say(exchange, 413, { status: 'error', message: 'too large' });
    }
    for (const status of [413, 500]) {
      if (records.some(({ note }) => note === `answered ${status}`))
        return say(exchange, status, { status: 'error', message: 'it broke' });
    }
    if (fault?.kind === '400 for some records') aftermath.refusedRest = fault.duration % REFUSED_OF;
    if (this.#isRefusedForAWhile(exchange, aftermath))
      return say(exchange, 400, { status: 'error', messages: ['not at the moment'] });
    const misbehave = fault && MISBEHAVIOURS[fault.kind];
    if (fault === undefined || misbehave === undefined) await this.passOn(exchange);
    else await misbehave(exchange, this, fault.duration, fault.amount);
  }
}
