import { resolve } from 'node:path';
import type { Terminal } from '../shell/terminal.ts';

/** Commands to type next, with the way into the folder where that is another one. */
export function commandsIn(folder: string, { directory }: Terminal, commands: readonly string[]): string {
  const enter = resolve(directory, folder) === directory ? [] : [`cd ${quotedForShell(folder)}`];
  return [...enter, ...commands.map((command) => `pp-db-collector ${command}`)]
    .map((line) => `  ${line}\n`)
    .join('');
}

const quotedForShell = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
