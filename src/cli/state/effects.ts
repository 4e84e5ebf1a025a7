import { HOUR } from '../../calendar/durations.ts';
import type { CursorJob, Job, WindowJob } from '../../config/config.ts';
import type { PendingSnapshot } from '../../model/pending.ts';
import type { Progress } from '../../model/progress.ts';
import type { State } from '../../model/state.ts';
import { type Window, windowsOwed } from '../../schedule/window.ts';
import { counted, grouped } from '../../words/counts.ts';
import { localTimeText, minuteText, otherZone } from '../shell/text.ts';

/** What a change of a job's position brings about, in words. */

const NOTHING_DOUBLED = 'records that are in the data set already are replaced by _id, nothing is doubled';

/** Against what a change is told: epoch milliseconds, and the zone by whose clock commands tell times. */
export interface Present {
  readonly now: number;
  readonly clock: string;
}

/** @param collectedTo epoch milliseconds; undefined: as if the job had never run */
export function windowEffect(
  job: WindowJob,
  { now, clock }: Present,
  before: Progress | undefined,
  collectedTo: number | undefined,
): string {
  const [old, next] = [before?.collectedTo, collectedTo].map((position) => windowsFrom(job, now, position));
  const local = (instant: number) =>
    `${localTimeText(instant, job.timezone)}${otherZone(job.timezone, clock)}`;
  const lines = [nextRunText(job, next ?? [], local)];
  const [oldFrom, nextFrom] = [old?.[0]?.from ?? before?.collectedTo, next?.[0]?.from ?? collectedTo];
  if (oldFrom !== undefined && nextFrom !== undefined && oldFrom < nextFrom) {
    lines.push(
      `rows between ${local(oldFrom)} and ${local(nextFrom)} will never be collected by runs, but for run ` +
        `${job.name} --from … --to …`,
    );
  }
  if (collectedTo !== undefined && collectedTo > now) {
    const { lookback, period } = job.window;
    lines.push(
      `! ${local(collectedTo)} is in the future: until then a run collects the last ${counted(lookback, period)} ` +
        'only, and what is older than that will never be collected by runs',
    );
  }
  return asLines(lines);
}

function nextRunText(job: WindowJob, windows: readonly Window[], local: (instant: number) => string): string {
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined) return 'the next run has nothing to collect yet';
  const periods = counted(periodsIn(job, first.from, last.to), job.window.period);
  const queries = windows.length === 1 ? 'one query' : `${grouped(windows.length)} queries`;
  return (
    `the next run collects from ${local(first.from)} to ${local(last.to)}: ${periods} in ${queries}; ` +
    `${NOTHING_DOUBLED}`
  );
}

function windowsFrom({ window, timezone }: WindowJob, now: number, position: number | undefined): Window[] {
  return windowsOwed(window, timezone, now, position);
}

const LENGTHS = {
  hour: HOUR,
  day: 24 * HOUR,
  week: 168 * HOUR,
  month: 730.5 * HOUR,
  quarter: 2_191.5 * HOUR,
  year: 8_766 * HOUR,
};

/** Rounded, because days and months differ in length by less than a half. */
const periodsIn = ({ window: { period } }: WindowJob, from: number, to: number): number =>
  Math.round((to - from) / LENGTHS[period]);

export function resetEffect(job: Job, present: Present, before: Progress | undefined): string {
  switch (job.mode) {
    case 'window':
      return windowEffect(job, present, before, undefined);
    case 'cursor':
      return asLines([
        `the next run begins at cursor.start (${job.cursor.start.join(', ')}) again; ${NOTHING_DOUBLED}`,
      ]);
    case 'snapshot':
      return asLines(['the next run collects how things stand then, as every run does']);
  }
}

/** @param direction below zero: back, above: forwards, undefined: nobody knows */
export function cursorEffect(
  job: CursorJob,
  before: Progress | undefined,
  position: readonly string[],
  direction: number | undefined,
): string {
  const now = position.join(', ');
  const lines = [`the next run collects the rows after (${now})`];
  if (before?.cursor === undefined) {
    lines.push(
      `rows before that will never be collected by runs; cursor.start is (${job.cursor.start.join(', ')})`,
    );
    return asLines(lines);
  }
  const old = before.cursor.map(({ text }) => text).join(', ');
  const later = direction === undefined ? ', if that comes later,' : '';
  if (direction === undefined || direction < 0)
    lines.push(`rows between (${now}) and (${old})${later} are collected again; ${NOTHING_DOUBLED}`);
  if (direction === undefined || direction > 0)
    lines.push(`rows between (${old}) and (${now})${later} will never be collected by runs`);
  return asLines(lines);
}

/** What a job keeps when its position is changed. */
export async function keptText(name: string, state: State): Promise<string> {
  const letters = (await state.countDeadLetters()).get(name) ?? 0;
  const pending = (await state.pendingOf(name)).reduce((sum, { records }) => sum + records, 0);
  const kept = [
    ...(letters === 0 ? [] : [counted(letters, 'dead letter')]),
    ...(pending === 0 ? [] : [counted(pending, 'pending record')]),
  ];
  return kept.length === 0 ? '' : asLines([`kept as they are: ${kept.join(' and ')}`]);
}

/** `snapshot 3, taken 2014-06-10 05:30: 10 records, refused: …` */
export function pendingLine({ id, takenAt, records, failure }: PendingSnapshot, clock: string): string {
  const refused = failure === undefined ? '' : `, refused: ${failure}`;
  return `snapshot ${id}, taken ${minuteText(takenAt, clock)}: ${counted(records, 'record')}${refused}`;
}

/** Each of them ends with a line break. */
export const asLines = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
