import type { z } from 'zod';
import { complain } from './complain.ts';
import { Secret } from './secret.ts';

type Client = 'pg' | 'mysql2' | 'better-sqlite3';
type Connection = Secret | Readonly<Record<string, unknown>>;

const PROTOCOLS: Readonly<Record<Client, readonly string[]>> = {
  pg: ['postgres:', 'postgresql:'],
  mysql2: ['mysql:', 'mariadb:'],
  'better-sqlite3': [],
};
const FILE_CLIENT = 'better-sqlite3';

/** What a client needs to connect, and the keys that mean nothing to it. URLs are never repeated. */
export function checkDatabase(
  settings: { readonly client: Client; readonly connection: Connection },
  context: z.RefinementCtx,
): void {
  const { client, connection } = settings;
  if (connection instanceof Secret) checkUrl(client, connection, context);
  else checkMapping(client, connection, context);
}

function checkUrl(client: Client, connection: Secret, context: z.RefinementCtx): void {
  const url = URL.parse(connection.reveal());
  if (url !== null && PROTOCOLS[client].includes(url.protocol) && url.hostname !== '') return;
  const [protocol] = PROTOCOLS[client];
  const expected =
    protocol === undefined
      ? 'a mapping with filename: PATH'
      : `a URL such as ${protocol}//user@host/database`;
  complain(context, ['connection'], {
    code: 'wrong-value',
    expected: `${expected} for ${client}`,
    got: 'another text',
  });
}

function checkMapping(
  client: Client,
  connection: Readonly<Record<string, unknown>>,
  context: z.RefinementCtx,
): void {
  const needed = client === FILE_CLIENT ? 'filename' : 'host';
  if (connection[needed] === undefined) {
    const expected = `${needed}, which ${client} needs`;
    complain(context, ['connection'], { code: 'missing-key', expected, got: 'a mapping without it' });
  }
  for (const key of Object.keys(connection)) {
    if ((client === FILE_CLIENT) === (key === 'filename') || connection[key] === undefined) continue;
    const expected = `only keys that ${client} knows`;
    complain(context, ['connection', key], { code: 'contradiction', expected, got: key, atKey: true });
  }
}
