import type { Message } from './message.ts';

/** What the log says of what a write host can do. */
export const WRITE_HOST_MESSAGES = {
  compressionRefused: {
    code: 'PPDB-0306',
    level: 'warn',
    text: 'the write host does not take compressed requests: they are sent as they are',
    meaning:
      'A compressed request was refused (`status`), and the same request was taken without compression. From here on this process compresses nothing for the write host; nothing is lost.',
    causes: ['the write API, or a proxy before it, does not know Content-Encoding: gzip'],
    action: 'Set write_api.gzip to false, so that not every process has to find that out.',
    safeToRerun: 'yes',
  },
} as const satisfies Record<string, Message>;
