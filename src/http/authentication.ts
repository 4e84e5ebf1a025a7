import { hash, timingSafeEqual } from 'node:crypto';
import { HttpError } from './http-error.ts';

/** Basic is what a browser asks a person for: any name, and the token as the password. */
const CHALLENGE = { 'www-authenticate': 'Basic realm="pp-db-collector", charset="UTF-8"' };

const digest = (bytes: Buffer): Buffer => hash('sha256', bytes, 'buffer');

/** The one token that opens everything; the token itself is not kept. */
export class Authentication {
  readonly #expected: Buffer;

  constructor(token: string) {
    this.#expected = digest(Buffer.from(token));
  }

  /** Throws an HttpError unless the header `Authorization` carries the token. */
  require(authorization: string | undefined): void {
    if (authorization === undefined)
      throw new HttpError(401, 'Send the token: Authorization: Bearer <token>.', CHALLENGE);
    const sent = tokenIn(authorization);
    if (sent === undefined || !timingSafeEqual(digest(sent), this.#expected))
      throw new HttpError(401, 'The token is wrong.', CHALLENGE);
  }
}

/** The bytes of the token, by either scheme; undefined when the header has neither. */
function tokenIn(authorization: string): Buffer | undefined {
  const [, scheme = '', credentials = ''] = /^(\S+) +(\S.*)$/s.exec(authorization) ?? [];
  // Node reads headers as Latin-1: these are the bytes as they were sent.
  if (scheme.toLowerCase() === 'bearer') return Buffer.from(credentials, 'latin1');
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const decoded = Buffer.from(credentials, 'base64');
  const colon = decoded.indexOf(':');
  return colon === -1 ? undefined : decoded.subarray(colon + 1);
}
