import { type Agent, type IncomingMessage, request as startRequest } from 'node:http';
import { setImmediate } from 'node:timers/promises';

export interface HttpRequest {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  /** All of them, `host` included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** A connection that had carried requests before broke, and no answer had begun: that says nothing about the request. */
export class UsedConnectionBroke extends Error {}

/** Answers are short; what a stranger sends beyond this is not read. */
const LONGEST_ANSWER = 1_048_576;

/** What came is no HTTP, as the parser of Node says it. */
const NO_HTTP = /^HPE_/;

/**
 * Sends one request over a connection of the agent and reads its answer to the end. Interim answers (1xx) are passed over; an
 * answer counts wherever it comes, also while the body is still being sent. Throws what broke the connection, or
 * UsedConnectionBroke.
 */
export async function exchangeOver(
  agent: Agent,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { method, path, headers, body } = request;
  const sent = startRequest({ agent, method, path, headers, signal })
    .once('response', resolve)
    // A switch to another protocol, which nobody asked for: there is no more of the answer than its head.
    .once('upgrade', (answer, socket) => {
      socket.destroy();
      answer.push(null);
      resolve(answer);
    })
    // After the answer an error is of no interest any more: promises settle once.
    .on('error', (error) => reject(isBreak(error) && sent.reusedSocket ? used(error) : error));
  sent.end(body);
  const answer = await promise;
  const { statusCode: status = 0 } = answer;
  const text = await readText(answer, status);
  // What has not been sent of the body is not wanted.
  if (!sent.writableFinished) sent.destroy();
  // The agent needs a turn of the event loop to have the socket back; before, it would open another.
  await setImmediate();
  return { status, retryAfter: answer.headers['retry-after'], text };
}

function isBreak(error: NodeJS.ErrnoException): boolean {
  return error.name !== 'AbortError' && !NO_HTTP.test(error.code ?? '');
}

const used = (cause: Error): Error => new UsedConnectionBroke(cause.message, { cause });

/** A refusal that breaks off is a refusal: what has come of its text is enough. */
async function readText(answer: IncomingMessage, status: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > LONGEST_ANSWER) break; // leaving the loop closes the socket
    }
  } catch (error) {
    if (status < 300) throw error;
  }
  return Buffer.concat(chunks).toString('utf8', 0, LONGEST_ANSWER);
}
