import { isoTime } from '../../calendar/date-time.ts';
import type { RunFailure, RunResult } from '../../model/run.ts';

/** How commands read and write JSON. */

/** A document for people and programs. */
export const jsonText = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`;

/** Results of runs with times as ISO text, for `--json`. */
export function runJson(result: RunResult): Record<string, unknown> {
  const { job, outcome, startedAt, endedAt, window, rows, records, requests, bytesSent, failure } = result;
  const { unchanged, vanished, deadLetters } = result;
  return {
    job,
    outcome,
    started_at: isoTime(startedAt),
    ended_at: isoTime(endedAt),
    window: window === undefined ? null : { from: isoTime(window.from), to: isoTime(window.to) },
    rows,
    records,
    unchanged,
    vanished,
    dead_letters: deadLetters,
    requests,
    bytes_sent: bytesSent,
    failure: failure === undefined ? null : failureJson(failure),
  };
}

/** In one line; a terminal has more room. */
export const failureJson = ({ excerpt: _, ...failure }: RunFailure) => failure;

/** Keeps the digits of numbers that JavaScript cannot hold. */
export function exactNumbers(_key: string, value: unknown, context?: { source: string }): unknown {
  if (typeof value !== 'number' || context === undefined) return value;
  return String(value) === context.source ? value : JSON.rawJSON(context.source);
}
