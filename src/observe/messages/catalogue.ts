import { DAEMON_MESSAGES } from './daemon.ts';
import { DELIVERY_MESSAGES, UNDELIVERABLE_MESSAGES, WRITE_HOST_MESSAGES } from './delivery.ts';
import { RUN_MESSAGES } from './run.ts';

/** Everything that the log says, by code. A code is never used again for something else. */
export const MESSAGES = {
  ...DAEMON_MESSAGES,
  ...RUN_MESSAGES,
  ...DELIVERY_MESSAGES,
  ...UNDELIVERABLE_MESSAGES,
  ...WRITE_HOST_MESSAGES,
} as const;
