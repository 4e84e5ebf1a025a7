import { hash, timingSafeEqual } from 'node:crypto';
import type { ServedDataSet } from '../data-sets.ts';
import { apiError } from './api-error.ts';

const PREFIX = 'Bearer ';
const CHALLENGE = { 'www-authenticate': 'bearer' };

/** Throws an ApiError unless the header carries the data set's token. No message repeats what was sent. */
export function requireToken(dataSet: ServedDataSet, authorization: string | undefined): void {
  if (authorization === undefined)
    throw apiError(401, 'Expected header of form: Authorization: Bearer <token>', CHALLENGE);
  if (/[^\t\x20-\x7e]/.test(authorization))
    throw apiError(400, 'The Authorization header holds characters that are not ASCII.');
  const token = authorization.startsWith(PREFIX) ? authorization.slice(PREFIX.length) : '';
  if (token === '' || !timingSafeEqual(hash('sha256', token, 'buffer'), dataSet.tokenHash))
    throw apiError(401, `Unauthorized: Invalid bearer token for '${dataSet.name}'`, CHALLENGE);
}
