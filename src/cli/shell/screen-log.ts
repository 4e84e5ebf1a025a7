import type { Logger } from 'pino';
import { createLogger } from '../../observe/logger.ts';
import { DEAD_LETTER_MESSAGES, MESSAGES } from '../../observe/messages/catalogue.ts';
import { ERROR, type LogLine, prettyLine } from '../../observe/pretty-line.ts';
import { noteText } from './note-text.ts';
import type { Terminal } from './terminal.ts';

/** What the table of runs, and the failures below it, tell better. */
const TOLD_BY_TABLE = new Set<unknown>(
  [MESSAGES.runFailed, MESSAGES.heldBack, MESSAGES.runSkipped, ...Object.values(DEAD_LETTER_MESSAGES)].map(
    ({ code }) => code,
  ),
);

export interface ScreenLog {
  readonly logger: Logger;
  /** What was warned of jobs, once each, in the form of the log. */
  readonly remarks: ReadonlySet<string>;
}

/**
 * Of the log what is left to see for somebody who sees the runs themselves: errors at once, what is in the way of
 * requests as a note, and warnings about jobs when the runs have ended.
 */
export async function screenLog(
  { tell, tellStyle }: Pick<Terminal, 'tell' | 'tellStyle'>,
  note: (text: string) => void = () => undefined,
): Promise<ScreenLog> {
  const remarks = new Set<string>();
  const write = (json: string) => {
    const line: LogLine = JSON.parse(json);
    if (TOLD_BY_TABLE.has(line.code)) return;
    if (line.level >= ERROR) tell(prettyLine(line, tellStyle));
    else if (line.job !== undefined) remarks.add(prettyLine(line, tellStyle));
    else note(noteText(line));
  };
  const output = { write, onRecovered: () => undefined };
  return { logger: await createLogger({ level: 'warn', format: 'json', color: false, output }), remarks };
}
