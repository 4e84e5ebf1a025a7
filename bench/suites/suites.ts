import { IDLE } from './daemon.ts';
import { DASHBOARDS } from './dashboards.ts';
import { DATABASE_COST } from './database-cost.ts';
import { GZIP, SLOW_ANSWERS } from './delivery.ts';
import { MANY_JOBS } from './many-jobs.ts';
import { MEMORY } from './memory.ts';
import { PRODUCT_SUITES } from './products.ts';
import { START_UP } from './start-up.ts';
import type { Suite } from './suite.ts';
import { WRITE_API } from './write-api.ts';

/** In the order in which they are measured and told. */
export const SUITES: readonly Suite[] = [
  ...PRODUCT_SUITES,
  GZIP,
  SLOW_ANSWERS,
  MEMORY,
  DATABASE_COST,
  START_UP,
  IDLE,
  MANY_JOBS,
  WRITE_API,
  DASHBOARDS,
];
