import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { cut, type Exchange, happened, repeat, say } from './exchange.ts';
import type { WriteFault } from './fault-kinds.ts';
import type { ForwardedAnswer } from './forward.ts';
import type { SentRecord } from './record-list.ts';

/** What the write host can do about the write API, and about itself. */
export interface HostPowers {
  readonly url: string;
  /** Passes the request on; `then` decides what becomes of the answer, which is otherwise repeated. */
  passOn(exchange: Exchange, then?: (answer: ForwardedAnswer) => unknown): Promise<void>;
  /** Has the write API store other records than those that came. */
  store(exchange: Exchange, records: readonly SentRecord[]): Promise<ForwardedAnswer | undefined>;
  /** Takes no connections for so many milliseconds. */
  refuseConnections(duration: number): void;
  /** Kills the write API, which is started again so many milliseconds later. */
  killWriteApi(duration: number): Promise<void>;
}

/** Milliseconds after which nobody waits for an answer any more. */
const LONGEST_SILENCE = 60_000;

type Misbehaviour = (exchange: Exchange, host: HostPowers, duration: number, amount: number) => unknown;

/** What happens to a request that has come whole. What happens before, or to several, is up to the write host. */
export const MISBEHAVIOURS: Readonly<Partial<Record<WriteFault, Misbehaviour>>> = {
  'connections refused': (exchange, host, duration) => {
    happened(exchange);
    host.refuseConnections(duration);
  },
  'late request': async (exchange, host, duration) => {
    happened(exchange);
    await delay(duration);
    await host.passOn(exchange);
  },
  'late answer': (exchange, host, duration) => {
    happened(exchange);
    return host.passOn(exchange, (answer) => delay(duration).then(() => repeat(exchange, answer)));
  },
  'no answer': (exchange) => {
    happened(exchange);
    return Promise.race([
      once(exchange.response, 'close'),
      delay(LONGEST_SILENCE, undefined, { ref: false }),
    ]);
  },
  'cut after storing': (exchange, host) =>
    host.passOn(exchange, () => {
      happened(exchange);
      cut(exchange);
    }),
  'garbage in a 200': (exchange) => {
    happened(exchange);
    return say(exchange, 200, '<html><body>Please log in</body></html>');
  },
  'garbage stored in a 200': (exchange, host) => {
    happened(exchange);
    return host.passOn(exchange, () => say(exchange, 200, '{"status": "ok'));
  },
  'broken status line': (exchange) => {
    happened(exchange);
    exchange.response.socket?.end('HTTP/1.1 2OO Fine\r\ncontent-length: 15\r\n\r\n{"status":"ok"}');
  },
  'half an answer': (exchange, host) => host.passOn(exchange, () => sayHalf(exchange)),
  '500, nothing stored': (exchange) => {
    happened(exchange);
    return say(exchange, 500, { status: 'error', message: 'nothing stored' });
  },
  '500, some stored': (exchange, host, _, amount) =>
    storeSome(exchange, host, exchange.records.slice(0, Math.ceil((exchange.records.length * amount) / 7))),
  '500, all stored': (exchange, host) => storeSome(exchange, host, exchange.records),
  '503 with Retry-After': (exchange, _host, _duration, amount) => {
    happened(exchange);
    return say(exchange, 503, { status: 'error', message: 'later' }, { 'retry-after': String(amount % 2) });
  },
  redirect: (exchange, host) => {
    happened(exchange);
    return say(exchange, 302, '', { location: `${host.url}/elsewhere` });
  },
  'write API killed before storing': async (exchange, host, duration) => {
    await host.killWriteApi(duration);
    happened(exchange);
    cut(exchange);
  },
  'write API killed after storing': (exchange, host, duration) =>
    host.passOn(exchange, async () => {
      await host.killWriteApi(duration);
      happened(exchange);
      cut(exchange);
    }),
};

/** Where the write API itself has something to say, or is not there, that is what comes back. */
async function storeSome(
  exchange: Exchange,
  host: HostPowers,
  some: readonly SentRecord[],
): Promise<unknown> {
  const { records } = exchange;
  if (records.length === 0) return host.passOn(exchange);
  const answer = await host.store(exchange, some);
  if (answer === undefined) return cut(exchange);
  if (answer.status !== 200) return repeat(exchange, answer);
  happened(exchange);
  return say(exchange, 500, { status: 'error', message: `${some.length} of ${records.length} stored` });
}

async function sayHalf(exchange: Exchange): Promise<void> {
  happened(exchange);
  exchange.response.writeHead(200, { 'content-type': 'application/json', 'content-length': 15 });
  exchange.response.write('{"stat');
  await delay(5);
  cut(exchange);
}
