import type { DeadLetterCause } from '../../model/dead-letter.ts';
import { DAEMON_MESSAGES } from './daemon.ts';
import { DELIVERY_MESSAGES, UNDELIVERABLE_MESSAGES, WRITE_HOST_MESSAGES } from './delivery.ts';
import { LATENESS_MESSAGES } from './lateness.ts';
import type { Message } from './message.ts';
import { RUN_MESSAGES } from './run.ts';
import { SENT_MESSAGES } from './sent.ts';
import { VERIFICATION_MESSAGES } from './verification.ts';

/** Everything that the log says, by code. A code is never used again for something else. */
export const MESSAGES = {
  ...DAEMON_MESSAGES,
  ...RUN_MESSAGES,
  ...SENT_MESSAGES,
  ...LATENESS_MESSAGES,
  ...VERIFICATION_MESSAGES,
  ...DELIVERY_MESSAGES,
  ...UNDELIVERABLE_MESSAGES,
  ...WRITE_HOST_MESSAGES,
} as const;

/** The message that stands for each cause of a dead letter. */
export const DEAD_LETTER_MESSAGES = {
  'not-a-record': MESSAGES.rowNotARecord,
  'outside-window': MESSAGES.rowOutsideWindow,
  refused: MESSAGES.recordRefused,
  'too-large': MESSAGES.recordTooLarge,
  'server-error': MESSAGES.recordBreaksServer,
} as const satisfies Record<DeadLetterCause, Message>;
