import { createRequire } from 'node:module';

/** The version of pp-db-collector, from its package.json, which the package finds by its own name. */
export const { version } = createRequire(import.meta.url)('pp-db-collector/package.json') as {
  readonly version: string;
};
