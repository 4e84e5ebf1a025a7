import { createRequire } from 'node:module';

/**
 * The version of pp-db-collector, from its package.json: two folders up, from the sources and from what is built of
 * them.
 */
export const { version } = createRequire(import.meta.url)('../../../package.json') as {
  readonly version: string;
};
