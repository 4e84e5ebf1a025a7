import type { DeadLetterCause } from '../model/dead-letter.ts';
import { MESSAGES } from './messages/catalogue.ts';
import type { Message } from './messages/message.ts';

/** The message that stands for each cause of a dead letter. */
export const DEAD_LETTER_MESSAGES = {
  'not-a-record': MESSAGES.rowNotARecord,
  'outside-window': MESSAGES.rowOutsideWindow,
  refused: MESSAGES.recordRefused,
  'too-large': MESSAGES.recordTooLarge,
  'server-error': MESSAGES.recordBreaksServer,
} as const satisfies Record<DeadLetterCause, Message>;
