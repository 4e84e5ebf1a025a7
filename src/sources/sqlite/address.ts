import { Secret } from '../../config/secret.ts';
import type { FileRules } from '../dialect.ts';
import type { DatabaseSettings, Location } from '../session.ts';

export const ADDRESS: FileRules = { kind: 'file', protocols: ['sqlite:', 'file:'] };

/** Nobody logs in to a file. */
export function locateFile(_: string, { connection }: DatabaseSettings): Location {
  const location = connection instanceof Secret ? connection.reveal() : (connection.filename ?? '');
  return { location, user: '', database: '', password: '' };
}
