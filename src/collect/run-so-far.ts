import type { Window } from '../schedule/window.ts';
import type { CollectedWindow } from './collect-window.ts';
import { failureOf } from './failures.ts';
import type { Outcome, RunCounts, RunResult } from './interfaces.ts';

/** What a run has collected until now. */
export class RunSoFar {
  readonly number: number;
  #counts: RunCounts = { rows: 0, records: 0, requests: 0, bytesSent: 0 };
  #window: { from: number; to: number } | undefined;
  #isReady = true;

  constructor(number: number) {
    this.number = number;
  }

  get counts(): RunCounts {
    return this.#counts;
  }

  add(window: Window, collected: CollectedWindow): void {
    const { rows, records, requests, bytesSent } = this.#counts;
    this.#counts = {
      rows: rows + collected.rows,
      records: records + collected.records,
      requests: requests + collected.requests,
      bytesSent: bytesSent + collected.bytesSent,
    };
    this.#isReady = collected.isReady;
    if (collected.isReady) this.#window = { from: this.#window?.from ?? window.from, to: window.to };
  }

  ended(job: string, startedAt: number, endedAt: number, error: unknown, interrupted: boolean): RunResult {
    const failure = error === undefined || interrupted ? undefined : failureOf(error);
    const outcome = this.#outcome(error !== undefined, interrupted);
    return { job, outcome, startedAt, endedAt, window: this.#window, failure, ...this.#counts };
  }

  #outcome(threw: boolean, interrupted: boolean): Outcome {
    if (threw) return interrupted ? 'interrupted' : 'failed';
    if (!this.#isReady) return 'not_ready';
    return this.#counts.rows === 0 ? 'empty' : 'succeeded';
  }
}
