import { type DestinationStream, destination, type Logger, pino } from 'pino';
import type { LogLevel } from './log-level.ts';
import type { Message } from './message.ts';

export interface LogSettings {
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty';
  readonly color: boolean;
}

const STANDARD_ERROR = 2;

/** The log, on standard error: one JSON document a line, or text for people. */
export async function createLogger({ level, format, color }: LogSettings): Promise<Logger> {
  // Written at once: the last lines before an end are the ones that matter.
  const stream =
    format === 'json' ? destination({ fd: STANDARD_ERROR, sync: true }) : await prettyStream(color);
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
}

async function prettyStream(color: boolean): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    destination: STANDARD_ERROR,
    sync: true,
    colorize: color,
    singleLine: true,
    ignore: 'pid,hostname',
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss',
  });
}

/** Writes one message of the catalogue. Fields hold names and numbers: never a secret, and of a row no more than what is wrong with it. */
export function log(logger: Logger, message: Message, fields: Readonly<Record<string, unknown>>): void {
  logger[message.level]({ code: message.code, ...fields }, message.text);
}
