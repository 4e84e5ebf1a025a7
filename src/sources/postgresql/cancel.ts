import type { EventEmitter } from 'node:events';
import type { ServerAddress } from '../server-address.ts';
import { ADDRESS } from './address.ts';

/** pg's connection below its client, as far as a cancel request goes. */
interface RequestConnection extends EventEmitter {
  connect(portOrSocket: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
  readonly stream: { destroy(): void };
}

const LONGEST_REQUEST = 2_000;

/**
 * Asks the server to cancel what a backend runs. The request needs no login, so that it works when every connection
 * slot is taken. Resolves when the server has taken it, or cannot be asked.
 */
export async function cancelOnServer(
  address: ServerAddress,
  backend: { readonly processID: number; readonly secretKey: number },
): Promise<void> {
  const { default: pg } = await import('pg');
  const connection = new pg.Connection({ ssl: address.ssl }) as unknown as RequestConnection;
  const { promise, resolve } = Promise.withResolvers<void>();
  const send = () => connection.cancel(backend.processID, backend.secretKey);
  connection.on('error', () => resolve());
  connection.on('end', () => resolve());
  connection.on('connect', address.ssl === false ? send : () => connection.requestSsl());
  connection.on('sslconnect', send);
  const socket = ADDRESS.socketPath(address.host, address.port);
  if (socket === undefined) connection.connect(address.port, address.host);
  else connection.connect(socket);
  const impatience = setTimeout(resolve, LONGEST_REQUEST);
  await promise;
  clearTimeout(impatience);
  connection.stream.destroy();
}
