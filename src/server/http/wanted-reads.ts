import type { FastifyReply } from 'fastify';
import { apiError } from './refusal.ts';

/** Nobody sees it but the metrics. */
const GONE = apiError(499, 'The client did not wait for the answer.');

/** Which reads are still wanted: until the client is gone, or the server stops. */
export class WantedReads {
  readonly #reads = new Set<AbortController>();

  constructor(stopping: AbortSignal) {
    stopping.addEventListener('abort', () => {
      for (const controller of this.#reads) controller.abort(stopping.reason);
    });
  }

  /** Aborted, with the ApiError to answer, when the answer is not wanted any more. */
  signalOf({ raw }: FastifyReply): AbortSignal {
    const controller = new AbortController();
    this.#reads.add(controller);
    raw.once('close', () => {
      this.#reads.delete(controller);
      controller.abort(GONE);
    });
    return controller.signal;
  }
}
