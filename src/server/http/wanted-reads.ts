import type { FastifyReply } from 'fastify';
import { refusal } from './refusal.ts';

/** Nobody sees it but the metrics. */
const GONE = refusal(499, 'The client did not wait for the answer.');

/** Which reads are still wanted: until the client is gone, or the server stops. */
export class WantedReads {
  readonly #reads = new Set<AbortController>();

  constructor(stopping: AbortSignal) {
    stopping.addEventListener('abort', () => {
      for (const read of this.#reads) read.abort(stopping.reason);
    });
  }

  /** Aborted, with the Refusal to answer, when the answer is not wanted any more. */
  signalOf({ raw }: FastifyReply): AbortSignal {
    const read = new AbortController();
    this.#reads.add(read);
    raw.once('close', () => {
      this.#reads.delete(read);
      read.abort(GONE);
    });
    return read.signal;
  }
}
