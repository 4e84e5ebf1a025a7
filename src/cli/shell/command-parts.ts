import { Argument, type Command, InvalidArgumentError } from 'commander';
import type { GlobalFlags, Setting } from './setting.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** What the descriptions of commands are made of. */

/**
 * Told the exit code of a command that has ended: one of `EXIT`, or of those that `send` took over from backdrop-send.
 */
export type Ended = (code: number) => void;

/**
 * The configuration that the command line names; loaded with the code that reads it.
 *
 * @param isAboutAll whether the command is about all job files, and not only about those of the jobs that it names
 */
export async function settingOf(
  command: Command,
  isAboutAll = command.opts().all === true,
): Promise<Setting> {
  const { openSetting } = await import('./setting.ts');
  const isAbout = (job: string) => isAboutAll || command.args.includes(job);
  return openSetting(command.optsWithGlobals<GlobalFlags>(), terminalOf(command), isAbout);
}

export const terminalOf = (command: Command): Terminal =>
  processTerminal(command.optsWithGlobals<GlobalFlags>().color);

/** An argument whose values help and completion offer; the command itself says what it makes of another one. */
export const oneOf = (name: string, description: string, values: readonly string[]): Argument =>
  new Argument(name, description).choices(values).argParser((text: string) => text);

export const example = (line: string): string => `\nExample:\n  $ ${line}\n`;

/** Reads a whole number from 1 on. @param most larger ones are refused */
export function positive(most: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text.trim()) ? Number(text) : 0;
    if (number < 1) throw new InvalidArgumentError('expected a whole number, 1 or more');
    if (number > most) throw new InvalidArgumentError(`expected a whole number, at most ${most}`);
    return number;
  };
}

export function port(text: string): number {
  const number = positive(Number.MAX_SAFE_INTEGER)(text);
  if (number > 65_535) throw new InvalidArgumentError('expected a port, at most 65535');
  return number;
}

/** What people can read, or wait for. */
export const MOST = {
  rows: 1_000_000,
  ticks: 1_000,
  attempts: 1_000,
  seconds: 2_000_000,
  periods: 1_000_000,
} as const;
