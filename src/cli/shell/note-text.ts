import { MESSAGES } from '../../observe/messages/catalogue.ts';
import type { LogLine } from '../../observe/pretty-line.ts';
import { durationText } from '../../words/durations.ts';

/**
 * A warning of the log that is about no job, as one who looks on while jobs run is told it: what matters first, because
 * a line is cut where the terminal ends.
 */
export function noteText(line: LogLine): string {
  const { code, msg = '', reason, status, delay } = line;
  switch (code) {
    case MESSAGES.requestRepeated.code: {
      const again = `trying again in ${durationText(Number(delay))}`;
      return status === undefined
        ? `the write API does not answer; ${again} (${reason})`
        : `the write API answered ${status}; ${again}`;
    }
    case MESSAGES.hostDown.code:
      return `the write API takes nothing at the moment; what is to be sent waits (${reason})`;
    default:
      return reason === undefined ? msg : `${msg}: ${reason}`;
  }
}
