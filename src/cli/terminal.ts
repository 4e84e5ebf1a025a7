import { once } from 'node:events';
import { styleText } from 'node:util';
import { EXIT } from './exit-codes.ts';

type Style = Parameters<typeof styleText>[0];

/** Everything that commands see of the process: what they read from it and where they write. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** Whether a person reads standard error. */
  readonly isInteractive: boolean;
  /** Whether standard output takes colours. */
  readonly color: boolean;
  /** Characters in a line of the terminal that shows standard output; undefined when none does. */
  readonly width: number | undefined;
  /** Writes to standard output: data. Resolves when there is room for more. */
  print(text: string): Promise<void>;
  /** Writes to standard error: everything that is not data. */
  tell(text: string): void;
  /** The text in a style when standard output takes colours. */
  style(style: Style, text: string): string;
  /** The text in a style when standard error takes colours. */
  tellStyle(style: Style, text: string): string;
}

/** @param color false: no colours, whatever the terminal can do */
export function processTerminal(color: boolean): Terminal {
  const { stdout, stderr, env } = process;
  const takesColor = (stream: NodeJS.WriteStream) =>
    color && stream.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  const styling = (isColored: boolean) => (style: Style, text: string) =>
    isColored ? styleText(style, text, { validateStream: false }) : text;
  const isColored = takesColor(stdout);
  return {
    environment: env,
    directory: process.cwd(),
    isInteractive: stderr.isTTY === true,
    color: isColored,
    width: stdout.isTTY === true ? stdout.columns : undefined,
    async print(text) {
      if (!stdout.write(text)) await once(stdout, 'drain');
    },
    tell(text) {
      stderr.write(text);
    },
    style: styling(isColored),
    tellStyle: styling(takesColor(stderr)),
  };
}

/** A reader that has seen enough (`… | head`) is no reason to complain. */
export function ignoreClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT.success);
  });
}
