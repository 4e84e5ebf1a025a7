import type { z } from 'zod';
import type { Dialect } from '../../sources/dialect.ts';
import { dialectOf, STATE_DIALECT } from '../../sources/dialects.ts';
import { type LoginUrl, parseLoginUrl, type UrlFault } from '../login-url.ts';
import { requireLength } from '../schema/values.ts';
import { Secret } from '../secret.ts';
import { complain } from './complain.ts';

type Connection = Secret | Readonly<Record<string, unknown>>;

/** What a client needs to connect, and the keys that mean nothing to it. URLs are never repeated. */
export function checkDatabase(
  settings: { readonly client: string; readonly connection: Connection },
  context: z.RefinementCtx,
): void {
  const { client, connection } = settings;
  if (connection instanceof Secret) checkUrl(client, connection, context);
  else checkMapping(client, connection, context);
}

function checkUrl(client: string, connection: Secret, context: z.RefinementCtx): void {
  checkServerUrl(connection, dialectOf(client), context, {
    key: 'connection',
    otherwise: ', or write a mapping, whose password is taken as it stands',
  });
}

/** The URL of a database that keeps the state. */
export const checkStateUrl = ({ url }: { readonly url: Secret }, context: z.RefinementCtx): void =>
  checkServerUrl(url, STATE_DIALECT, context, { key: 'url', otherwise: '' });

interface UrlPlace {
  readonly key: string;
  /** What may be written there in place of a URL, as the end of a sentence. */
  readonly otherwise: string;
}

function checkServerUrl(secret: Secret, dialect: Dialect, context: z.RefinementCtx, place: UrlPlace): void {
  const url = parseLoginUrl(secret.reveal());
  const mistake = urlMistake(dialect, url, place.otherwise);
  if (mistake !== undefined)
    complain(context, [place.key], { code: 'wrong-value', got: 'another text', ...mistake });
  else if (!('fault' in url)) requireLength('password', url.password, context, [place.key]);
}

function urlMistake(
  { address, client }: Dialect,
  url: LoginUrl | UrlFault,
  otherwise: string,
): { expected: string; suggestion?: string } | undefined {
  if (address.kind === 'file') return { expected: `a mapping with filename: PATH for ${client}` };
  const [protocol] = address.protocols;
  const isRight = !('fault' in url) && address.protocols.includes(url.protocol) && url.host !== '';
  if (isRight) return undefined;
  if (!('fault' in url) || url.suggestion === undefined)
    return { expected: `a URL such as ${protocol}//user@host/database for ${client}` };
  return { expected: url.fault, suggestion: `${url.suggestion}${otherwise}` };
}

function checkMapping(
  client: string,
  connection: Readonly<Record<string, unknown>>,
  context: z.RefinementCtx,
): void {
  const isFile = dialectOf(client).address.kind === 'file';
  const needed = isFile ? 'filename' : 'host';
  if (connection[needed] === undefined) {
    const expected = `${needed}, which ${client} needs`;
    complain(context, ['connection'], { code: 'missing-key', expected, got: 'a mapping without it' });
  }
  for (const key of Object.keys(connection)) {
    if (isFile === (key === 'filename') || connection[key] === undefined) continue;
    const expected = `only keys that ${client} knows`;
    complain(context, ['connection', key], { code: 'contradiction', expected, got: key, atKey: true });
  }
}
