import type { Look } from '../../look/icon.ts';
import type { RunOutcome, RunResult } from '../../model/run.ts';
import { counted } from '../../words/counts.ts';
import { relativeText, spanText } from '../../words/durations.ts';
import { differenceText } from '../../words/verification.ts';
import type { JobView } from '../daemon-view.ts';

/** How a run and a job look: in words, by a picture and by a colour. */

export const OUTCOMES: Readonly<Record<RunOutcome, Look>> = {
  succeeded: { words: 'Succeeded', tone: 'good', shape: 'check' },
  empty: { words: 'No rows', tone: 'good', shape: 'ring' },
  partial: { words: 'Partly delivered', tone: 'warn', shape: 'triangle' },
  not_ready: { words: 'Not ready', tone: 'warn', shape: 'clock' },
  failed: { words: 'Failed', tone: 'bad', shape: 'cross' },
  interrupted: { words: 'Interrupted', tone: 'calm', shape: 'square' },
  skipped: { words: 'Skipped', tone: 'calm', shape: 'skip' },
};

/** Milliseconds. */
export const durationOf = ({ startedAt, endedAt }: RunResult): number => Math.max(endedAt - startedAt, 0);

/** What keeps a job from being all right; the gravest first. */
const TROUBLES = ['failing', 'stale', 'wrong-file', 'differs', 'dead-letters'] as const;
export type Trouble = (typeof TROUBLES)[number];

/** The gravest trouble of a job. */
export function troubleOf(view: JobView): Trouble | undefined {
  if (view.job === undefined) return 'wrong-file';
  if (view.lastRun?.outcome === 'failed') return 'failing';
  if (view.isStale) return 'stale';
  if (differenceIn(view) !== undefined) return 'differs';
  return view.deadLetters > 0 ? 'dead-letters' : undefined;
}

const differenceIn = ({ verification }: JobView): string | undefined =>
  verification && differenceText(verification.outcome);

/** What was delivered can wait for a person; everything else means that data is not collected. */
export const isGrave = (trouble: Trouble | undefined): boolean =>
  trouble !== undefined && trouble !== 'dead-letters' && trouble !== 'differs';

/** For sorting jobs: what most needs attention first. */
export function byUrgency(one: JobView, other: JobView): number {
  return (
    rankOf(one) - rankOf(other) ||
    Number(other.isStale) - Number(one.isStale) ||
    (one.lastSuccessAt ?? 0) - (other.lastSuccessAt ?? 0) ||
    other.deadLetters - one.deadLetters
  );
}

/** Jobs in trouble, then all others in the order in which they came. */
export function mostUrgentFirst(jobs: readonly JobView[]): readonly JobView[] {
  const inTrouble = (view: JobView) => troubleOf(view) !== undefined;
  return [...jobs.filter(inTrouble).sort(byUrgency), ...jobs.filter((view) => !inTrouble(view))];
}

function rankOf(view: JobView): number {
  const trouble = troubleOf(view);
  return trouble === undefined ? TROUBLES.length : TROUBLES.indexOf(trouble);
}

/** What follows the name of the job in a sentence; undefined when there is nothing to say. */
export function troubleText(view: JobView, now: number): string | undefined {
  const trouble = troubleOf(view);
  if (trouble === 'wrong-file') return 'cannot run because its file is wrong';
  if (trouble === 'dead-letters') return `has ${counted(view.deadLetters, 'dead letter')}`;
  if (trouble === 'differs') return `has a data set that differs from its source in ${differenceIn(view)}`;
  const { lastRun, lastSuccessAt } = view;
  if (trouble === 'stale') {
    return lastSuccessAt === undefined
      ? 'has not succeeded for two of its intervals'
      : `has not succeeded for ${spanText(now - lastSuccessAt)}`;
  }
  if (trouble !== 'failing' || lastRun === undefined) return undefined;
  const success =
    lastSuccessAt === undefined
      ? 'has not succeeded yet'
      : `last succeeded ${relativeText(lastSuccessAt, now)}`;
  if (lastRun.failure?.side === 'data')
    return `holds back what it found, which differs too much from before, and ${success}`;
  return `failed ${relativeText(lastRun.endedAt, now)} and ${success}`;
}

/** How the last run of a job ended, or why there is none. */
export function lookOf({ job, lastRun }: JobView): Look {
  if (job === undefined) return { words: 'Wrong job file', tone: 'bad', shape: 'cross' };
  return lastRun === undefined
    ? { words: 'Never run', tone: 'calm', shape: 'dashed' }
    : OUTCOMES[lastRun.outcome];
}
