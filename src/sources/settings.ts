import type { Secret } from '../config/secret.ts';

/** What a source needs to know of its database, as the configuration says it. */
export interface DatabaseSettings {
  readonly client: string;
  readonly connection: Secret | Connection;
  /** Zone of times that carry none, and of the session. */
  readonly timezone: string;
  readonly max_connections: number;
  /** Milliseconds. */
  readonly connect_timeout: number;
  readonly query_timeout: number;
}

/** The parts of an address: those of a server, or the name of a file. */
export interface Connection {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly password?: Secret | undefined;
  readonly database?: string | undefined;
  readonly ssl?:
    | boolean
    | { readonly ca_file?: string | undefined; readonly reject_unauthorized: boolean }
    | undefined;
  readonly filename?: string | undefined;
}
