import { SECOND } from '../calendar/durations.ts';
import type { RunningRun, WorkDone } from '../model/run.ts';
import { counted, grouped } from './counts.ts';
import { roughText } from './durations.ts';

/** How far a run is that goes on, in words. */

/** Before so much time has passed, and so many are done, a rate means nothing. */
const FIRST = { time: 2 * SECOND, done: 2 };

/**
 * `7 of 24 windows, about 30 s left`, or `12,345 rows, 1,200 rows/s` where nobody knows how many there will be.
 * Undefined: nothing is known yet.
 *
 * @param now epoch milliseconds
 */
export function runningText(run: RunningRun, now: number): string | undefined {
  const { work, rows, since } = run;
  if (work !== undefined) {
    const left = timeLeft(work, now);
    return `${workText(work)}${left === undefined ? '' : `, ${roughText(left)} left`}`;
  }
  if (rows === 0) return undefined;
  const elapsed = now - since;
  const rate = grouped(Math.round((rows * SECOND) / elapsed));
  return `${counted(rows, 'row')}${elapsed < FIRST.time ? '' : `, ${rate} rows/s`}`;
}

/** `7 of 24 windows` */
function workText({ unit, done, owed }: WorkDone): string {
  // What the database has guessed may be too low.
  const all = Math.max(done, owed);
  return `${grouped(done)} of ${unit === 'row' ? 'about ' : ''}${counted(all, unit)}${unit === 'record' ? ' sent' : ''}`;
}

/** Milliseconds, by the rate so far; undefined before that means anything. @param now epoch milliseconds */
export function timeLeft({ done, owed, since }: WorkDone, now: number): number | undefined {
  const elapsed = now - since;
  if (elapsed < FIRST.time || done < FIRST.done || done >= owed) return undefined;
  return (elapsed / done) * (owed - done);
}
