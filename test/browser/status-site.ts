import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import type { DaemonView } from '../../src/status/daemon-view.ts';
import { createPages } from '../../src/status/pages/create-pages.ts';
import { createStatusServer } from '../../src/status/status-server.ts';

export interface StatusSite extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly address: string;
}

/** The daemon's own server, with its own headers, in front of a view. @param token as in http.token */
export async function serveStatus(view: DaemonView, token?: string): Promise<StatusSite> {
  const app = await createStatusServer(view, {
    token,
    metrics: { contentType: 'text/plain', text: async () => Buffer.from('') },
    pages: createPages(view, { canRunNow: token !== undefined }),
    logger: pino({ level: 'silent' }),
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => app.close() };
}
