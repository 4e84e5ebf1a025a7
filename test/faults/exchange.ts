import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { reset } from '../support/reset.ts';
import type { ForwardedAnswer } from './forward.ts';
import type { Observations } from './observations.ts';
import type { PlannedWriteFault } from './plan.ts';
import type { SentRecord } from './record-list.ts';

/** One request that has come whole, and what is planned for it. */
export interface Exchange {
  /** Of the round, counted from 0. */
  readonly number: number;
  readonly fault: PlannedWriteFault | undefined;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly records: readonly SentRecord[];
  readonly seen: Observations;
}

/** Notes that the fault that is planned has happened. */
export function happened({ fault, seen }: Exchange): void {
  if (fault !== undefined) seen.happened(fault.kind);
}

export const cut = ({ request }: Pick<Exchange, 'request'>): void => reset(request.socket);

/** Answers; resolves when the answer is on its way, or nobody waits for it any more, be it from before on. */
export async function say(
  { response }: Exchange,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  // Of an answer that is closed already, neither its end nor its close is told again.
  if (response.destroyed) return;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const length = Buffer.byteLength(text);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': length, ...headers });
  await Promise.race([new Promise<void>((resolve) => response.end(text, resolve)), once(response, 'close')]);
}

export const repeat = (exchange: Exchange, { status, body }: ForwardedAnswer): Promise<void> =>
  say(exchange, status, body);
