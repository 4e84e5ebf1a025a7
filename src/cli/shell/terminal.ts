import { once } from 'node:events';
import { fstatSync, writeSync } from 'node:fs';
import { styleText } from 'node:util';
import { systemReason } from '../../config/yaml/source-file.ts';
import { type Footer, LineWriter } from '../../observe/line-writer.ts';
import { EXIT } from './exit-codes.ts';
import { remedyText } from './text.ts';

type Style = Parameters<typeof styleText>[0];

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** Everything that commands see of the process: what they read from it and where they write. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** Whether a person reads standard error. */
  readonly isInteractive: boolean;
  /** Whether lines of standard error can be drawn again in their place. */
  readonly hasCursor: boolean;
  /** Whether standard output takes colours. */
  readonly color: boolean;
  /** Characters in a line of the terminal that shows standard output; undefined when none does. */
  readonly width: number | undefined;
  /** Writes to standard output: data. Resolves when there is room for more. */
  print(text: string): Promise<void>;
  /** The same for prose, which a terminal does not break in the midst of words. */
  show(text: string): Promise<void>;
  /** The same for what may be long: where a person reads more than the terminal has lines, in a pager. */
  page(text: string): Promise<void>;
  /** Writes to standard error: everything that is not data. What cannot be written is lost. */
  tell(text: string): void;
  /** Has something stand below all that standard error gets, or nothing any more. */
  keepBelow(footer: Footer | undefined): void;
  /** How many characters and lines the terminal has that shows standard error. */
  tellSize(): ScreenSize;
  /** The text in a style when standard output takes colours. */
  style(style: Style, text: string): string;
  /** The text in a style when standard error takes colours. */
  tellStyle(style: Style, text: string): string;
}

/** Standard error, for the log and all else that is no data. */
export const standardError = new LineWriter(2);

/** How prose is broken into lines; what knows it is loaded only where a terminal shows something. */
let wrapped = (text: string, _columns: number | undefined): string => text;

/** To be called before anything is written. */
export async function learnToWrap(): Promise<void> {
  if (process.stdout.isTTY === true || process.stderr.isTTY === true)
    wrapped = (await import('./wrap.ts')).wrapped;
}

/** The same for prose, which a terminal does not break in the midst of words. */
export const proseOnStandardError: Pick<LineWriter, 'write' | 'onRecovered'> = {
  write: (text) => standardError.write(wrapped(text, columnsOf(process.stderr))),
  onRecovered: (tell) => standardError.onRecovered(tell),
};

/** Undefined where no terminal shows it, or one that does not know its size. */
const columnsOf = (stream: NodeJS.WriteStream): number | undefined =>
  stream.isTTY === true ? stream.columns || undefined : undefined;

/** @param color false: no colours, whatever the terminal can do */
export function processTerminal(color: boolean): Terminal {
  const { stdout, stderr, env } = process;
  const takesColor = (stream: NodeJS.WriteStream) =>
    color && stream.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  const styling = (isColored: boolean) => (style: Style, text: string) =>
    isColored ? styleText(style, text, { validateStream: false }) : text;
  const isColored = takesColor(stdout);
  const isFile = fstatSync(STANDARD_OUTPUT).isFile();
  const print = async (text: string) => {
    if (isFile) writeWhole(text);
    else if (!stdout.write(text)) await once(stdout, 'drain');
  };
  return {
    environment: env,
    directory: process.cwd(),
    isInteractive: stderr.isTTY === true,
    hasCursor: stderr.isTTY === true && env.TERM !== 'dumb',
    color: isColored,
    width: columnsOf(stdout),
    print,
    show: (text) => print(wrapped(text, columnsOf(stdout))),
    async page(text) {
      const lines = wrapped(text, columnsOf(stdout));
      const isLong = stdout.isTTY === true && lines.split('\n').length > stdout.rows;
      if (!isLong || !(await isShownInPager(lines, env))) await print(lines);
    },
    tell(text) {
      proseOnStandardError.write(text);
    },
    keepBelow(footer) {
      standardError.keepBelow(footer);
    },
    // A terminal may not know its size.
    tellSize: () => ({ columns: stderr.columns || 80, rows: stderr.rows || 24 }),
    style: styling(isColored),
    tellStyle: styling(takesColor(stderr)),
  };
}

async function isShownInPager(text: string, environment: Terminal['environment']): Promise<boolean> {
  const { pagerOf, showIn } = await import('./pager.ts');
  const pager = pagerOf(environment);
  return pager !== undefined && (await showIn(pager, text, environment));
}

const STANDARD_OUTPUT = 1;

/** Node's own stream takes no notice of a disk that has room for a part of the text only. */
function writeWhole(text: string): void {
  const bytes = Buffer.from(text);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(STANDARD_OUTPUT, bytes, written);
  } catch (error) {
    endWithoutOutput(error);
  }
}

/**
 * What happens when nobody takes what the process writes. Of standard output it is the end: a reader that has seen
 * enough (`… | head`) is no reason to complain, a full disk is. Of standard error it is passed over.
 */
export function listenForLostOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.success);
    endWithoutOutput(error);
  });
  process.stderr.on('error', () => undefined);
}

function endWithoutOutput(error: unknown): never {
  const message = `cannot write to standard output: ${systemReason(error)}`;
  proseOnStandardError.write(`${message}\n${remedyText(MAKE_ROOM)}`);
  process.exit(EXIT.output);
}

const MAKE_ROOM =
  'Make room where it goes, or write it elsewhere, and run the command again; `pp-db-collector history` tells of ' +
  'runs that have ended.';
