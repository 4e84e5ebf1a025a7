import type { Socket } from 'node:net';

export interface Counts {
  requests: number;
  records: number;
  /** Of bodies, as they were sent: compressed ones count as what they are. */
  bytes: number;
}

const HEAD_END = '\r\n\r\n';
const BODY = '{"status":"ok"}';
const ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
);
/** Each record is one flat object, so that it has one of these. */
const BRACE = '{'.charCodeAt(0);

/** What a connection shares with all others. */
export interface Accounting {
  readonly counts: Counts;
  /** Compressed bodies, kept to be counted when nobody is measured any more. */
  readonly compressed: Buffer[];
  /** Milliseconds that an answer takes. */
  latency: number;
}

/** HTTP as cheap as it gets: bodies of a told length are counted as they arrive and kept nowhere. */
export class Conversation {
  readonly #socket: Socket;
  readonly #accounting: Accounting;
  #head: Buffer = Buffer.alloc(0);
  /** Bytes of the body that are still to come; undefined between requests. */
  #rest: number | undefined;
  #compressed: Buffer[] | undefined;

  constructor(socket: Socket, accounting: Accounting) {
    this.#socket = socket;
    this.#accounting = accounting;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => socket.destroy());
  }

  #take(chunk: Buffer): void {
    for (let left = chunk; left.length > 0; ) {
      if (this.#rest === undefined) left = this.#takeHead(left);
      if (this.#rest === undefined) return;
      const part = left.length <= this.#rest ? left : left.subarray(0, this.#rest);
      this.#takeBody(part);
      left = left.subarray(part.length);
    }
  }

  /** Returns what follows the head; nothing while its end has not come. */
  #takeHead(chunk: Buffer): Buffer {
    this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf(HEAD_END);
    if (end === -1) return Buffer.alloc(0);
    const head = this.#head.toString('latin1', 0, end).toLowerCase();
    const after = this.#head.subarray(end + HEAD_END.length);
    this.#head = Buffer.alloc(0);
    this.#rest = Number(/^content-length: *(\d+)/m.exec(head)?.[1] ?? 0);
    this.#compressed = head.includes('content-encoding: gzip') ? [] : undefined;
    if (this.#rest === 0) this.#takeBody(after.subarray(0, 0));
    return after;
  }

  #takeBody(part: Buffer): void {
    const { counts, compressed } = this.#accounting;
    counts.bytes += part.length;
    if (this.#compressed === undefined) counts.records += countBraces(part);
    else this.#compressed.push(Buffer.from(part));
    this.#rest = (this.#rest ?? 0) - part.length;
    if (this.#rest > 0) return;
    if (this.#compressed !== undefined) compressed.push(Buffer.concat(this.#compressed));
    this.#rest = undefined;
    counts.requests++;
    this.#answer();
  }

  #answer(): void {
    const { latency } = this.#accounting;
    if (latency === 0) this.#socket.write(ANSWER);
    else setTimeout(() => this.#socket.destroyed || this.#socket.write(ANSWER), latency);
  }
}

export function countBraces(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(BRACE); at !== -1; at = bytes.indexOf(BRACE, at + 1)) count++;
  return count;
}
