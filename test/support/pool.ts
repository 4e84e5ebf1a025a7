import type pg from 'pg';
import { poolOf } from '../../src/state/postgresql/connections.ts';
import { addressOf } from '../state/open-place.ts';

/**
 * Connections to a database of a test, as the program has them. The pool may be asked to end and its database be dropped before the server has
 * closed the last of them: what a connection without work then says is nobody's failure.
 */
export function openPool(url: string, max = 10): pg.Pool {
  return poolOf(() => addressOf(url), { connections: max, statementTimeout: 15_000, name: 'test' });
}
