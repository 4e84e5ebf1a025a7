import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { SECOND } from '../../calendar/durations.ts';
import type { RequestOutcome } from '../../write-api/outcome.ts';
import { UsageError } from '../shell/exit-codes.ts';
import type { Terminal } from '../shell/terminal.ts';
import { openClient } from '../wiring.ts';
import type { SendTarget } from './target.ts';

/** What `send` ends with: the exit codes and the messages of backdrop-send, which scripts rely on. */
interface SendOutcome {
  readonly code: SendExitCode;
  /** Empty when the data was taken. */
  readonly message: string;
  /** What lies behind the message, where it does not say so itself; backdrop-send has nothing of the kind. */
  readonly detail: string;
}

type SendExitCode = 0 | 4 | 8 | 16 | 32;

const FAILED = 'Unable to send to backdrop.';

/** What became of one request, as backdrop-send says it. Any 2xx counts as taken, whatever the answer holds. */
function sendOutcomeOf({ kind, status, text }: RequestOutcome): SendOutcome {
  if (status !== undefined) return ofStatus(status, text);
  return kind === 'timeout'
    ? { code: 32, message: `${FAILED} Request timeout.`, detail: text }
    : { code: 16, message: `${FAILED} Connection error.`, detail: text };
}

function ofStatus(status: number, text: string): SendOutcome {
  if (status >= 200 && status < 300) return { code: 0, message: '', detail: '' };
  // The write API of those days answered 403, the later ones 401.
  if (status === 401 || status === 403)
    return { code: 4, message: `${FAILED} Unauthorised: check your access token.`, detail: '' };
  return { code: 8, message: `${FAILED} Server responded with ${status}. Error: ${text}.`, detail: '' };
}

/** Durations are in seconds. */
interface SendFlags {
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
    const { to, changing } = target;
    const sending = () => keepSending(() => client.postAsIs(to, body, LONGEST_ANSWER), flags, terminal);
    if (changing === undefined || !('data_group' in to)) return await sending();
    return await changing(client.target(to).address, sending);
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
