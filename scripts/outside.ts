/**
 * Packages that stay outside of what is built: drivers, which knex asks for by their names; and what brings native code, starts
 * files of its own or makes code while it runs.
 */
export const OUTSIDE = [
  'pg',
  'pg-boss',
  'mysql2',
  'better-sqlite3',
  'pino',
  'fastify',
  '@fastify/helmet',
  'ajv',
  'ajv-draft-04',
  'ajv-formats',
  'prom-client',
];
