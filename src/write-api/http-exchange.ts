import type { Client, Dispatcher } from 'undici';
import { ProtocolSwitched } from './answer-watch.ts';

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

/** Answers are short; what a stranger sends beyond this is not read. */
const LONGEST_ANSWER = 1_048_576;

/**
 * Sends one request and reads its answer to the end; an answer counts wherever it comes, also while the body is still
 * being sent. Throws what broke the connection.
 */
export async function exchangeOver(
  client: Client,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  try {
    const { statusCode: status, headers, body } = await client.request({ ...request, signal });
    const [retryAfter] = [headers['retry-after']].flat();
    return { status, retryAfter, text: await readText(body, status) };
  } catch (error) {
    if (!(error instanceof ProtocolSwitched)) throw error;
    return { status: error.status, retryAfter: undefined, text: '' };
  }
}

/** A refusal that breaks off is a refusal: what has come of its text is enough. */
async function readText(body: Dispatcher.ResponseData['body'], status: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > LONGEST_ANSWER) break; // leaving the loop closes the socket
    }
  } catch (error) {
    if (status < 300) throw error;
  }
  return Buffer.concat(chunks).toString('utf8', 0, LONGEST_ANSWER);
}
