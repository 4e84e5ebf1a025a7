import type { Socket } from 'node:net';

/** What came is a switch to another protocol, which nobody asked for: there is no more of the answer than its head. */
export class ProtocolSwitched extends Error {
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
