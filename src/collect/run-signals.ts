import { RunTimeoutError } from './failures.ts';

/** What ends a run before its time. */
export interface RunSignals {
  /** Nothing new is read; the query is cancelled on the server, and deliveries wait for nothing any more. */
  readonly read: AbortSignal;
  /** Requests on their way are given up; aborted later than `read`, so that they may be answered. */
  readonly deliver: AbortSignal;
}

/** Stops a run by the caller's signal, or when it has taken too long. */
export class Stops implements RunSignals {
  readonly read: AbortSignal;
  readonly deliver: AbortSignal;
  readonly #timeout: NodeJS.Timeout | undefined;
  readonly #stop: () => void;
  #grace: NodeJS.Timeout | undefined;

  /**
   * @param milliseconds that the run may take; undefined: any time
   * @param grace milliseconds from the end of reading to the end of delivering
   */
  constructor(milliseconds: number | undefined, grace: number, signal: AbortSignal) {
    const [timeout, deliver] = [new AbortController(), new AbortController()];
    if (milliseconds !== undefined) {
      this.#timeout = setTimeout(() => timeout.abort(new RunTimeoutError(milliseconds)), milliseconds);
    }
    this.read = AbortSignal.any([signal, timeout.signal]);
    this.deliver = deliver.signal;
    this.#stop = () => {
      this.#grace = setTimeout(() => deliver.abort(this.read.reason), grace);
    };
    if (this.read.aborted) this.#stop();
    else this.read.addEventListener('abort', this.#stop, { once: true });
  }

  /** After the end of the run nothing of it is left to be stopped. */
  clear(): void {
    this.read.removeEventListener('abort', this.#stop);
    clearTimeout(this.#timeout);
    clearTimeout(this.#grace);
  }
}
