import type { Connection, FieldPacket, Query } from 'mysql2';
import type { RowBatch } from '../../model/row-batch.ts';
import { RowMemories, type RowMemory } from '../row-memory.ts';

/** Pausing more often makes the server wait for a window that has just been closed. */
const ROWS_PER_BATCH = 4_000;
const BYTES_PER_BATCH = 1_048_576;
const BIT = 16;

/** What mysql2 hands to the state of a command in which it waits for rows. */
interface Packet {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
  isEOF(): boolean;
}

/** The part of a command of mysql2 that reads rows: each state gives the next. */
type RowState = (packet: Packet, connection: unknown) => unknown;

/**
 * The rows of one statement in the text protocol, which keeps every digit. mysql2 pushes rows; its socket is paused
 * while nobody asks, so that the server waits. Rows are taken as they are before mysql2 makes arrays and strings of
 * them.
 */
export class MysqlRows {
  readonly #connection: Connection;
  readonly #memories = new RowMemories();
  #memory: RowMemory = this.#memories.next();
  #bits: readonly boolean[] = [];
  #isEnded = false;
  #failure: { readonly error: unknown } | undefined;
  #isFull = false;
  #asked: PromiseWithResolvers<RowBatch | undefined> | undefined;

  /** Starts the statement. @param check throws when the columns are not those that were described */
  constructor(connection: Connection, sql: string, check: (fields: readonly FieldPacket[]) => void) {
    this.#connection = connection;
    const command = connection.query({ sql, rowsAsArray: true }) as Query & { row: RowState };
    const otherwise = command.row;
    command.row = (packet, from) => {
      if (packet.isEOF()) return otherwise.call(command, packet, from);
      this.#take(packet);
      return command.row;
    };
    command.on('fields', (fields: unknown) => {
      this.#bits = (fields as FieldPacket[]).map(({ columnType }) => columnType === BIT);
      try {
        check(fields as FieldPacket[]);
      } catch (error) {
        this.#fail(error);
      }
    });
    command.on('error', (error: unknown) => this.#fail(error));
    command.on('end', () => {
      this.#isEnded = true;
      this.#deliver();
    });
  }

  /** The next rows; undefined after the last. */
  read(): Promise<RowBatch | undefined> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    if (this.#isEnded && this.#memory.rows === 0) return Promise.resolve(undefined);
    const asked = Promise.withResolvers<RowBatch | undefined>();
    this.#asked = asked;
    this.#isFull = false;
    if (this.#isEnded) this.#deliver();
    else this.#stream.resume();
    return asked.promise;
  }

  /** mysql2's own `pause` would keep each packet that has arrived by itself. */
  get #stream(): { pause(): void; resume(): void } {
    return (this.#connection as unknown as { readonly stream: { pause(): void; resume(): void } }).stream;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#asked?.reject(error);
  }

  #take({ buffer, offset, end }: Packet): void {
    takeRow(buffer, offset, end, this.#bits, this.#memory);
    const { rows, length } = this.#memory;
    if (this.#isFull || (rows < ROWS_PER_BATCH && length < BYTES_PER_BATCH)) return;
    this.#isFull = true;
    this.#stream.pause();
    // What has arrived with it comes still.
    queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    this.#asked = undefined;
    const rows = this.#memory.batch(this.#bits.length);
    this.#memory = this.#memories.next();
    asked.resolve(rows);
  }
}

const NULL = 0xfb;
const [TWO_BYTES, THREE_BYTES] = [0xfc, 0xfd];

/** Each value has its length in front of it. */
function takeRow(
  packet: Buffer,
  start: number,
  end: number,
  bits: readonly boolean[],
  memory: RowMemory,
): void {
  const shift = memory.copy(packet, start, end) - start;
  let at = start;
  for (const isBits of bits) {
    const first = packet[at++] as number;
    if (first === NULL) {
      memory.place(0, -1);
      continue;
    }
    let length = first;
    if (first === TWO_BYTES) {
      length = packet.readUInt16LE(at);
      at += 2;
    } else if (first === THREE_BYTES) {
      length = packet.readUIntLE(at, 3);
      at += 3;
    } else if (first > THREE_BYTES) {
      length = Number(packet.readBigUInt64LE(at));
      at += 8;
    }
    if (isBits) placeBits(packet.subarray(at, at + length), memory);
    else memory.place(at + shift, at + shift + length);
    at += length;
  }
  memory.rows++;
}

function placeBits(bytes: Buffer, memory: RowMemory): void {
  const digits = Buffer.from(BigInt(`0x${bytes.toString('hex')}`).toString());
  const start = memory.copy(digits, 0, digits.length);
  memory.place(start, start + digits.length);
}
