import type { IncomingHttpHeaders } from 'node:http';
import { HttpError } from '../http/http-error.ts';

/**
 * Throws an HttpError for a request that a page of another site made a browser send, with the credentials that the
 * browser remembers. Browsers tell by Sec-Fetch-Site, over plain HTTP by Origin only; other clients send neither.
 */
export function requireSameSite({ host, origin, 'sec-fetch-site': site }: IncomingHttpHeaders): void {
  const isOwn =
    site === undefined
      ? origin === undefined || hostOf(origin) === host?.toLowerCase()
      : site === 'same-origin' || site === 'none';
  if (!isOwn) throw new HttpError(403, 'Another site may not start a run.');
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
