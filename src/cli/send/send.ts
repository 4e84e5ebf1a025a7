import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Connection } from '../../write-api/connection.ts';
import { type Endpoint, HttpSender } from '../../write-api/http-sender.ts';
import { createRedactor } from '../../write-api/redact.ts';
import { callWith } from '../../write-api/sender.ts';
import { systemTiming } from '../../write-api/timing.ts';
import type { Terminal } from '../shell/terminal.ts';
import { UsageError } from '../shell/usage-error.ts';
import { version } from '../shell/version.ts';
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
 * `send`: posts a file, or standard input, byte by byte as it is. Like backdrop-send it repeats whatever was not answered with 2xx.
 * Throws UsageError when there is nothing to send.
 */
export async function send(
  file: string | undefined,
  flags: SendFlags,
  target: SendTarget,
  terminal: Terminal,
): Promise<SendExitCode> {
  const body = await readInput(file, terminal);
  const { route, path, token } = target;
  const connection = new Connection({ ...route, timeout: flags.timeout * 1_000, connections: 1 });
  const redact = createRedactor([token, ...(route.proxy?.secrets ?? [])], LONGEST_ANSWER);
  const userAgent = `pp-db-collector/${version}`;
  try {
    return await keepSending(
      { connection, path, token, userAgent, redact, timing: systemTiming },
      body,
      flags,
      terminal,
    );
  } finally {
    connection.close();
  }
}

async function keepSending(
  endpoint: Endpoint,
  body: Buffer,
  { attempts, failfast, sleep }: SendFlags,
  terminal: Terminal,
): Promise<SendExitCode> {
  const sender = new HttpSender(endpoint, () => undefined);
  const call = callWith(new AbortController().signal);
  const most = failfast === true ? 1 : attempts;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await sender.send({ purpose: 'records', body, call, deadline: 0 });
    const outcome = sendOutcomeOf(answer.outcome);
    if (outcome.code === 0) return outcome.code;
    terminal.tell(textOf(outcome));
    if (attempt === most) return outcome.code;
    terminal.tell('Retrying...\n');
    await setTimeout(sleep * 1_000);
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
