import { type DestinationStream, type Logger, pino } from 'pino';
import type { LineWriter } from './line-writer.ts';
import { MESSAGES } from './messages/catalogue.ts';
import type { LogLevel, Message } from './messages/message.ts';
import type { Paint } from './pretty-line.ts';

export interface LogSettings {
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty';
  readonly color: boolean;
  /** Where the log goes; each line is written at once, since the last ones before an end are those that matter. */
  readonly output: Pick<LineWriter, 'write' | 'onRecovered'>;
}

/** The log: one JSON document a line, or text for people. */
export async function createLogger({ level, format, color, output }: LogSettings): Promise<Logger> {
  const stream = format === 'json' ? output : await prettyStream(color, output);
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  output.onRecovered((lines) => log(logger, MESSAGES.logLinesLost, { lines }));
  return logger;
}

async function prettyStream(color: boolean, output: LogSettings['output']): Promise<DestinationStream> {
  const [{ prettyLine }, { styleText }] = await Promise.all([
    import('./pretty-line.ts'),
    import('node:util'),
  ]);
  const paint: Paint = (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
  return { write: (line) => output.write(prettyLine(JSON.parse(line), paint)) };
}

/**
 * Writes one message of the catalogue. Fields hold names and numbers: never a secret, and of a row no more than what
 * is wrong with it.
 */
export function log(logger: Logger, message: Message, fields: Readonly<Record<string, unknown>>): void {
  logger[message.level]({ code: message.code, ...fields }, message.text);
}
