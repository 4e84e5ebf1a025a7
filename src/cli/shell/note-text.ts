import { MESSAGES } from '../../observe/messages/catalogue.ts';
import type { LogLine } from '../../observe/pretty-line.ts';
import { durationText } from '../../words/durations.ts';

/** A warning of the log that is about no job, as one who looks on while jobs run is told it. */
export function noteText(line: LogLine): string {
  const { code, msg = '', reason, status, delay } = line;
  switch (code) {
    case MESSAGES.requestRepeated.code: {
      const what =
        status === undefined ? `no answer from the write API: ${reason}` : `the write API answered ${status}`;
      return `${what}; trying again in ${durationText(Number(delay))}`;
    }
    case MESSAGES.hostDown.code:
      return `the write API takes nothing at the moment (${reason}); what is to be sent waits until it does`;
    default:
      return reason === undefined ? msg : `${msg}: ${reason}`;
  }
}
