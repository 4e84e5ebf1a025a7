import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** A record as it came over the wire, its numbers as they were written. */
export type SentRecord = Readonly<Record<string, unknown>>;

/** The records of a request's body; undefined when it is none. */
export function recordsIn(
  body: Buffer,
  { headers }: Pick<IncomingMessage, 'headers'>,
): readonly SentRecord[] | undefined {
  try {
    const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
    const list = JSON.parse(text, asWritten);
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

function asWritten(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined ? JSON.rawJSON(context.source) : value;
}
