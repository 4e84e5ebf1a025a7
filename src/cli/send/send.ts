import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { SECOND } from '../../calendar/durations.ts';
import type { RequestOutcome } from '../../write-api/outcome.ts';
import { UsageError } from '../shell/errors.ts';
import type { Terminal } from '../shell/terminal.ts';
import { openClient } from '../wiring.ts';
import { type SendExitCode, type SendOutcome, sendOutcomeOf } from './outcomes.ts';
import type { SendTarget } from './target.ts';

/** Durations are in seconds. */
export interface SendFlags {
  readonly timeout: number;
  readonly attempts: number;
  readonly failfast?: boolean;
  readonly sleep: number;
}

/** Characters of an answer; one that lists what is wrong with many records is long. */
const LONGEST_ANSWER = 10_000;

/**
 * `send`: posts a file, or standard input, byte by byte as it is. Like backdrop-send it repeats whatever was not
 * answered with 2xx. Throws UsageError when there is nothing to send.
 */
export async function send(
  file: string | undefined,
  flags: SendFlags,
  target: SendTarget,
  terminal: Terminal,
): Promise<SendExitCode> {
  const body = await readInput(file, terminal);
  const timeout = Math.max(1, flags.timeout * SECOND);
  const client = openClient({ ...target.writeApi, timeout, connections: 1 });
  try {
    return await keepSending(() => client.postAsIs(target.to, body, LONGEST_ANSWER), flags, terminal);
  } finally {
    await client.close();
  }
}

async function keepSending(
  post: () => Promise<RequestOutcome>,
  { attempts, failfast, sleep }: SendFlags,
  terminal: Terminal,
): Promise<SendExitCode> {
  const most = failfast === true ? 1 : attempts;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = sendOutcomeOf(await post());
    if (outcome.code === 0) return outcome.code;
    terminal.tell(textOf(outcome));
    if (attempt === most) return outcome.code;
    terminal.tell('Retrying...\n');
    await setTimeout(sleep * SECOND);
  }
}

const textOf = ({ message, detail }: SendOutcome): string =>
  `${message}\n${detail === '' ? '' : `  ${detail}\n`}`;

async function readInput(file: string | undefined, terminal: Terminal): Promise<Buffer> {
  const bytes =
    file === undefined || file === '-'
      ? await readStandardInput()
      : await readNamed(file, terminal.directory);
  if (bytes.length === 0)
    throw new UsageError('No input provided', 'Name a file with JSON, or pipe JSON into the command.');
  return bytes;
}

async function readStandardInput(): Promise<Buffer> {
  if (process.stdin.isTTY) return Buffer.alloc(0);
  return Buffer.concat(await process.stdin.toArray());
}

async function readNamed(file: string, directory: string): Promise<Buffer> {
  try {
    return await readFile(resolve(directory, file));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    throw new UsageError(`the file ${JSON.stringify(file)} cannot be read${code}`, 'Name a file with JSON.');
  }
}
