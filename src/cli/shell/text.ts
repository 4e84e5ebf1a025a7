import { formatDate, isoSeconds } from '../../calendar/date-time.ts';
import { wallClockAt } from '../../calendar/zone.ts';
import type { Config } from '../../config/config.ts';
import type { Progress, Span } from '../../model/progress.ts';
import type { RunFailure, RunOutcome, RunResult } from '../../model/run.ts';
import { grouped } from '../../words/counts.ts';

/**
 * How commands write times, and what came of runs. Instants are by the clock of `schedule.timezone`; periods begin by
 * their job's, which is named where it is another one.
 */

/** An instant as the wall clock of a zone: `2014-06-01`, with the time of day unless it is midnight. */
export function localTimeText(epochMilliseconds: number, zone: string): string {
  const wallClock = wallClockAt(epochMilliseconds, zone);
  const time = new Date(wallClock).toISOString().slice(11, 16);
  return time === '00:00' ? formatDate(wallClock) : `${formatDate(wallClock)} ${time}`;
}

/** `2014-06-10 05:30` */
export const minuteText = (instant: number, clock: string): string =>
  isoSeconds(wallClockAt(instant, clock)).slice(0, 16).replace('T', ' ');

/** ` (Asia/Tokyo)` behind a time of a job, where the other times are by another clock. */
export const otherZone = (zone: string, clock: string): string => (zone === clock ? '' : ` (${zone})`);

/** `2014-06-01 → 2014-06-04`, the end excluded. @param zone of the job */
export function windowText(window: RunResult['window'], zone: string, clock = zone): string {
  if (window === undefined) return '–';
  const [from, to] = [window.from, window.to].map((instant) => localTimeText(instant, zone));
  return `${from} → ${to}${otherZone(zone, clock)}`;
}

/** How far a job is collected: up to a time, or up to a row. @param zone of the job */
export function progressText(progress: Progress | undefined, zone: string, clock = zone): string {
  if (progress?.cursor !== undefined) return progress.cursor.map(({ text }) => text).join(', ');
  if (progress?.collectedTo === undefined) return '–';
  return `${localTimeText(progress.collectedTo, zone)}${otherZone(zone, clock)}`;
}

/** A text that follows an error message, said as what to do. */
export const remedyText = (remedy: string | undefined): string =>
  remedy === undefined ? '' : `  → ${remedy}\n`;

/** What follows the message of a failure: the line that it is about, and what to do. */
export const afterMessage = ({ excerpt = [], remedy }: Pick<RunFailure, 'excerpt' | 'remedy'>): string =>
  `${excerpt.map((line) => `${line}\n`).join('')}${remedyText(remedy)}`;

/** What is told where there is nothing to tell of. */
export const noJobs = ({ collectors, file }: Pick<Config, 'collectors' | 'file'>): string =>
  `there are no jobs\n${remedyText(
    `Put a job file, e.g. visits.yaml, into ${collectors}, or name the right folder under collectors of ${file}.`,
  )}`;

/** The newest are shown. */
const MOST_SPANS = 5;

/** `2014-06-01 → 2014-06-04`, the end excluded, a line for each; the newest first. */
export function spanFacts(
  name: string,
  spans: readonly Span[],
  zone: string,
  clock: string,
): (readonly [string, string])[] {
  const newest = spans.slice(-MOST_SPANS).reverse();
  const others = spans.length - newest.length;
  const lines = [
    ...newest.map((span) => windowText(span, zone, clock)),
    ...(others === 0 ? [] : [`and ${grouped(others)} more`]),
  ];
  return lines.map((line, index) => [index === 0 ? name : '', line]);
}

/** A vertical list of names and what belongs to them. */
export function facts(entries: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length)) + 2;
  return entries.map(([name, value]) => `  ${name.padEnd(width)}${value}\n`).join('');
}

interface Painter {
  style(style: 'green' | 'yellow' | 'red', text: string): string;
}

/** How good each outcome is, as a colour. */
export const OUTCOME_STYLES = {
  succeeded: 'green',
  empty: 'green',
  partial: 'yellow',
  not_ready: 'yellow',
  failed: 'red',
  interrupted: 'yellow',
  skipped: 'yellow',
} as const satisfies Readonly<Record<RunOutcome, string>>;

/** The outcome of a run in the colour of how good it is. */
export const outcomeText = ({ outcome }: RunResult, terminal: Painter): string =>
  terminal.style(OUTCOME_STYLES[outcome], outcome);
