import type { Socket } from 'node:net';
import type { Client, Dispatcher } from 'undici';

/** What came is a switch to another protocol, which nobody asked for: there is no more of the answer than its head. */
class ProtocolSwitched extends Error {
  readonly status = 101;
}

/** Interim answers, whole. One that says 101 is none: nothing comes after it. */
const INTERIM = /^(?:HTTP\/1\.\d 1(?!01)\d\d.*?\r?\n\r?\n)+/s;
const INTERIM_LINE = /^HTTP\/1\.\d 1(?!01)\d\d/;
const SWITCH_LINE = /^HTTP\/1\.\d 101/;
const SHORTEST_LINE = 'HTTP/1.1 100';

/** Characters of an interim answer; what is longer is left to the client to judge. */
const LONGEST_INTERIM = 16_384;

const NOTHING = Buffer.alloc(0);

/**
 * Watches what comes over a socket, and lets a client read only the answers: interim answers (1xx), for which nobody
 * asked, are passed over, because undici takes a 100 for a broken connection. A switch to another protocol destroys the
 * socket with a ProtocolSwitched.
 */
export class AnswerWatch {
  readonly socket: Socket;
  #held = '';
  #hasAnswer = false;
  #isUsed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    // All that a socket receives goes through its push; null is the end.
    const push = socket.push.bind(socket);
    socket.push = (chunk: Buffer | null) => push(chunk && this.#answerIn(chunk));
  }

  /** To be called before each request. */
  expectAnswer(): void {
    this.#isUsed ||= this.#hasAnswer;
    this.#hasAnswer = false;
  }

  /** Whether a request before the present one was answered here, and nothing of the present one's answer has come. */
  get isUsedAndSilent(): boolean {
    return this.#isUsed && !this.#hasAnswer;
  }

  #answerIn(chunk: Buffer): Buffer {
    if (this.#hasAnswer) return chunk;
    const text = (this.#held + chunk.toString('latin1')).replace(INTERIM, '');
    const isUndecided = INTERIM_LINE.test(text + SHORTEST_LINE.slice(text.length));
    this.#held = isUndecided && text.length < LONGEST_INTERIM ? text : '';
    if (this.#held === text) return NOTHING;
    this.#hasAnswer = true;
    if (SWITCH_LINE.test(text)) this.socket.destroy(new ProtocolSwitched('the protocol was switched'));
    return Buffer.from(text, 'latin1');
  }
}

export interface HttpRequest {
  readonly method: 'POST' | 'PUT' | 'DELETE' | 'GET';
  readonly path: string;
  /** All of them, `host` included. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: none. */
  readonly body?: Buffer | undefined;
  /** Milliseconds from one piece of the answer's body to the next; left out: any time. */
  readonly bodyTimeout?: number;
}

interface AnswerHead {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

export interface HttpAnswer extends AnswerHead {
  readonly text: string;
}

/** An answer of which only the head has come. Whoever has it reads the body to its end, or destroys it. */
export interface BegunAnswer extends AnswerHead {
  readonly isJson: boolean;
  readonly body: Dispatcher.ResponseData['body'];
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
    const { status, retryAfter, body } = await beginOver(client, request, signal);
    return { status, retryAfter, text: await readText(body, status) };
  } catch (error) {
    if (!(error instanceof ProtocolSwitched)) throw error;
    return { status: error.status, retryAfter: undefined, text: '' };
  }
}

/** Sends one request and reads no more of its answer than the head. Throws what broke the connection. */
export async function beginOver(
  client: Client,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<BegunAnswer> {
  const {
    statusCode: status,
    headers,
    body,
  } = await client.request({ ...request, body: request.body ?? null, signal });
  const [retryAfter] = [headers['retry-after']].flat();
  const isJson = /^application\/json\b/i.test(String(headers['content-type']));
  return { status, retryAfter, isJson, body };
}

/** A refusal that breaks off is a refusal: what has come of its text is enough. */
export async function readText(body: BegunAnswer['body'], status: number): Promise<string> {
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
