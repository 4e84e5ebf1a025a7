import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { DaemonView } from '../../src/status/daemon-view.ts';
import type { Pages } from '../../src/status/pages/create-pages.ts';
import { createStatusServer, type StatusServerOptions } from '../../src/status/status-server.ts';
import { exampleView } from './example-view.ts';

export const TOKEN = 'status-tökèn-f00d';
export const BEARER = { authorization: Buffer.from(`Bearer ${TOKEN}`).toString('latin1') };
export const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});

/** Pages that are recognized; the real ones have tests of their own. */
const PAGES: Pages = {
  overview: async () => '<title>overview</title>',
  job: async (name) => (name === 'transactions-by-channel' ? `<title>${name}</title>` : undefined),
  notFound: () => '<title>not found</title>',
  headers: () => ({ refresh: '30' }),
  assets: new Map([['/assets/style.css', { type: 'text/css; charset=utf-8', body: 'body {}' }]]),
};

const METRICS = {
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  text: async () => Buffer.from('up 1\n'),
};

export interface Tested {
  readonly app: FastifyInstance;
  /** What was logged, line by line. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
}

/** A status server as the test wants it, closed at its end. */
export async function serverWith(
  view: Partial<DaemonView> = {},
  options: Partial<StatusServerOptions> = {},
): Promise<Tested> {
  const logged: Record<string, unknown>[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => logged.push(JSON.parse(line)) });
  const defaults = { token: undefined, metrics: METRICS, pages: PAGES, logger };
  const app = await createStatusServer(exampleView(view), { ...defaults, ...options });
  onTestFinished(() => app.close());
  return { app, logged };
}

/** The same, listening; gives its port. */
export async function listeningWith(
  ...settings: Parameters<typeof serverWith>
): Promise<Tested & { port: number }> {
  const tested = await serverWith(...settings);
  await tested.app.listen({ host: '127.0.0.1', port: 0 });
  return { ...tested, port: (tested.app.server.address() as AddressInfo).port };
}

export const GET = (path: string, close = false) =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${close ? 'Connection: close\r\n' : ''}\r\n`;

export const secondsOf = async <Result>(work: Promise<Result>): Promise<[Result, number]> => {
  const start = performance.now();
  const result = await work;
  return [result, (performance.now() - start) / 1_000];
};
