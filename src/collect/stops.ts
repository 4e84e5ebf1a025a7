import type { Job } from '../config/config.ts';
import { RunTimeoutError } from './failures.ts';
import type { RunSignals } from './run-signals.ts';

/** What ends a run before its time: the caller's signal, or the job's own `timeout`. */
export class Stops implements RunSignals {
  readonly read: AbortSignal;
  readonly deliver: AbortSignal;
  readonly #timeout: NodeJS.Timeout;
  readonly #stop: () => void;
  #grace: NodeJS.Timeout | undefined;

  /** @param grace milliseconds from the end of reading to the end of delivering */
  constructor(job: Job, grace: number, signal: AbortSignal) {
    const [timeout, deliver] = [new AbortController(), new AbortController()];
    this.#timeout = setTimeout(() => timeout.abort(new RunTimeoutError(job.timeout)), job.timeout);
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
