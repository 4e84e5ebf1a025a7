import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { DaemonView } from '../../status/daemon-view.ts';
import { createPages } from '../../status/pages/create-pages.ts';
import { createStatusServer } from '../../status/status-server.ts';

/** The status page and what belongs to it, where they listen. */
export interface StatusAddress {
  /** `http://127.0.0.1:9464` */
  readonly address: string;
  close(): Promise<void>;
}

/** The port of the status page cannot be had. */
class ListenError extends Error {
  readonly side = 'config';
  readonly remedy: string;

  constructor(at: string, { code }: NodeJS.ErrnoException) {
    super(code === 'EADDRINUSE' ? `${at} is in use by another process` : `cannot listen at ${at}: ${code}`);
    this.name = 'ListenError';
    this.remedy = 'Set http.listen to another host and port, or to off; or end the process that is there.';
  }
}

/** Serves health, metrics and pages as `http` says; undefined when that is off. Throws a Failure. */
export async function openStatus(
  { listen, token, allowed_hosts: allowedHosts }: Config['http'],
  view: DaemonView,
  metrics: Metrics,
  logger: Logger,
): Promise<StatusAddress | undefined> {
  if (listen === undefined) return undefined;
  const pages = createPages(view, { canRunNow: token !== undefined });
  const options = { token: token?.reveal(), listen: listen.host, allowedHosts, metrics, pages, logger };
  const server = await createStatusServer(view, options);
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  try {
    await server.listen({ ...listen });
  } catch (error) {
    throw new ListenError(`${host}:${listen.port}`, error as NodeJS.ErrnoException);
  }
  const { port } = server.server.address() as AddressInfo;
  return { address: `http://${host}:${port}`, close: () => server.close() };
}
