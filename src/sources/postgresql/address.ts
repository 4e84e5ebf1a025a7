import { join } from 'node:path';
import type { ServerRules } from '../dialect.ts';

export const ADDRESS: ServerRules = {
  kind: 'server',
  protocols: ['postgres:', 'postgresql:'],
  port: 5432,
  socket: '/var/run/postgresql',
  /** A path is that of the socket's folder. */
  socketPath: (host, port) => (host.startsWith('/') ? join(host, `.s.PGSQL.${port}`) : undefined),
};
