import { writeSync } from 'node:fs';

/** Milliseconds that a reader who does not keep up is waited for. */
const PATIENCE = 1_000;
const PAUSE = 10;

/** What stands at the foot of a terminal, below all lines. */
export interface Footer {
  /** What takes away that which was drawn last. */
  erase(): string;
  draw(): string;
}

/**
 * Writes whole lines to a file descriptor, at once, and never throws: what cannot be written (a full disk, a reader
 * that is gone) is counted and left out, because work must not stop for its log.
 */
export class LineWriter {
  readonly #descriptor: number;
  readonly #write: typeof writeSync;
  #onRecovered: (lost: number) => void = () => undefined;
  /** Lines lost since the last one that was written whole. */
  #missing = 0;
  #lost = 0;
  /** The last line broke off in its midst. */
  #isTorn = false;
  #footer: Footer | undefined;

  /** @param write in place of the system's own */
  constructor(descriptor: number, write: typeof writeSync = writeSync) {
    this.#descriptor = descriptor;
    this.#write = write;
  }

  /** How many lines could not be written, in all. */
  get lost(): number {
    return this.#lost;
  }

  /** Has somebody told when writing works again, and how many lines were lost meanwhile. */
  onRecovered(tell: (lost: number) => void): void {
    this.#onRecovered = tell;
  }

  /** Has something stand below every line from here on, or nothing any more. */
  keepBelow(footer: Footer | undefined): void {
    const last = this.#footer?.erase() ?? '';
    this.#footer = footer;
    this.write(last);
  }

  /** @param text whole lines; empty: what stands below is drawn anew */
  write(text: string): void {
    const framed = this.#footer === undefined ? text : `${this.#footer.erase()}${text}${this.#footer.draw()}`;
    if (framed === '') return;
    const bytes = Buffer.from(this.#isTorn ? `\n${framed}` : framed);
    const written = this.#writeAll(bytes);
    if (written < bytes.length) {
      this.#isTorn ||= written > 0;
      this.#missing += 1;
      this.#lost += 1;
      return;
    }
    const missing = this.#missing;
    [this.#missing, this.#isTorn] = [0, false];
    if (missing > 0) this.#onRecovered(missing);
  }

  /** How many of the bytes were written. */
  #writeAll(bytes: Uint8Array): number {
    // Who has not read what came before is not waited for again.
    let patience = this.#missing > 0 ? 0 : PATIENCE;
    let written = 0;
    while (written < bytes.length) {
      try {
        written += this.#write(this.#descriptor, bytes, written);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'EAGAIN' || patience <= 0) return written;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
        patience -= PAUSE;
      }
    }
    return written;
  }
}
