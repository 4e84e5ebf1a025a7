import type { Look } from '../../look/icon.ts';
import { capitalized, counted, grouped, listed, sentence } from '../../words/counts.ts';
import { relativeText, spanText } from '../../words/durations.ts';
import { runningText } from '../../words/running.ts';
import type { DaemonView, JobView, NotReady } from '../daemon-view.ts';
import { isAtWork, type Outage, outagesOf } from './outages.ts';
import type { JobFilter } from './page-query.ts';
import { byUrgency, isGrave, troubleOf, troubleText } from './situation.ts';
import { atText, clockText, type Viewpoint } from './times.ts';

/** What the headline is made from. */
export interface Standing {
  readonly jobs: readonly JobView[];
  readonly viewpoint: Viewpoint;
  /** Why no runs begin; undefined: they do. */
  readonly notReadyBecause: NotReady | undefined;
  readonly reload: ReturnType<DaemonView['lastReload']>;
  /** Why the process cannot do its work; undefined when it can. */
  readonly healthProblem: string | undefined;
  readonly writeApiDownSince: number | undefined;
}

/** How everything is, in one sentence or two, which lead to what most needs attention. */
export interface Headline extends Pick<Look, 'tone' | 'shape'> {
  readonly before: string;
  /** To a job, to the jobs that are in a state, or to what is told of the last reload. */
  readonly link?: { readonly text: string; readonly job?: string; readonly state?: JobFilter };
  readonly after?: string;
}

const ALL_RIGHT: Headline = { tone: 'good', shape: 'check', before: 'Everything is all right.' };

export function headlineOf(standing: Standing): Headline {
  const { jobs, notReadyBecause, reload, healthProblem, viewpoint } = standing;
  if (healthProblem !== undefined) {
    const before = sentence(`The daemon cannot do its work: ${healthProblem}`);
    return { tone: 'bad', shape: 'cross', before };
  }
  const outages = outagesOf(jobs, standing.writeApiDownSince, viewpoint.now);
  const waiting = new Set(outages.flatMap((outage) => outage.waiting));
  const troubled = jobs.filter((view) => troubleOf(view) !== undefined && !waiting.has(view));
  const grave = troubled.filter((view) => isGrave(troubleOf(view)));
  const lasting = outages.filter(({ until }) => until === undefined);
  if (lasting.length > 0) return headlineOfOutages(lasting, grave.length, viewpoint);
  if (grave.length > 0) return headlineOfJobs(troubled, standing);
  if ((reload?.problems.length ?? 0) > 0) return WRONG_RELOAD;
  const [over] = outages;
  if (over !== undefined) return headlineOfRecovery(over, viewpoint);
  if (troubled.length > 0) return headlineOfJobs(troubled, standing);
  if (notReadyBecause !== undefined) {
    const before = sentence(`No runs begin here: ${notReadyBecause.reason}`);
    return notReadyBecause.isBrief
      ? { tone: 'calm', shape: 'clock', before }
      : { tone: 'warn', shape: 'triangle', before };
  }
  if (jobs.length === 0) return NO_JOBS;
  return headlineOfRunning(jobs, viewpoint) ?? headlineBeforeFirstRun(jobs, viewpoint) ?? ALL_RIGHT;
}

const WRONG_RELOAD: Headline = {
  ...{ tone: 'warn', shape: 'triangle' },
  before: 'All jobs run, but ',
  link: { text: 'the new configuration is wrong' },
  after: ', so the one before stays in force.',
};

const NO_JOBS: Headline = { tone: 'calm', shape: 'dashed', before: 'There are no jobs yet.' };

/** @param others jobs that are in trouble of another kind */
function headlineOfOutages(outages: readonly Outage[], others: number, viewpoint: Viewpoint): Headline {
  const silences = outages.map(
    ({ subject, since }) => `${subject} has not answered since ${clockText(since, viewpoint)}`,
  );
  const waiting = new Set(outages.flatMap((outage) => outage.waiting)).size;
  // Of a snapshot, how things stood while nobody could look is lost.
  const isNothingLost = outages.every(({ side }) => side === 'target');
  const joint = isNothingLost ? `. Nothing is lost${waiting > 0 ? '; ' : ''}` : '; ';
  const rest = others === 0 ? '' : ` ${counted(others, 'other job')} ${needs(others)} attention.`;
  return {
    ...{ tone: 'bad', shape: 'cross' },
    before: `${capitalized(listed(silences))}${joint}`,
    ...(waiting > 0 && {
      link: { text: `${counted(waiting, 'job')} ${waiting === 1 ? 'waits' : 'wait'}`, state: 'unanswered' },
    }),
    after: `.${rest}`,
  };
}

function headlineOfRecovery(
  { subject, until = 0, waiting, recovered }: Outage,
  viewpoint: Viewpoint,
): Headline {
  const atWork = waiting.filter(isAtWork).length;
  const parts: readonly (readonly [number, string, string])[] = [
    [recovered.length, 'has caught up', 'have caught up'],
    [atWork, 'is catching up', 'are catching up'],
    [waiting.length - atWork, 'waits for its next run', 'wait for their next run'],
  ];
  const told = parts
    .filter(([count]) => count > 0)
    .map(([count, one, more], place) => {
      const jobs = place === 0 ? counted(count, 'job') : grouped(count);
      return `${jobs} ${count === 1 ? one : more}`;
    });
  const before = `${capitalized(subject)} answers again since ${clockText(until, viewpoint)}; ${listed(told)}.`;
  return waiting.length === 0
    ? { tone: 'good', shape: 'check', before }
    : { tone: 'calm', shape: 'clock', before };
}

function headlineOfJobs(troubled: readonly JobView[], { jobs, viewpoint }: Standing): Headline {
  const worst = troubled.reduce((one, other) => (byUrgency(other, one) < 0 ? other : one));
  const isBad = isGrave(troubleOf(worst));
  const before =
    troubled.length === 1
      ? `${jobs.length === 1 ? 'The only job' : `One of ${counted(jobs.length, 'job')}`} needs attention: `
      : `${grouped(troubled.length)} of ${counted(jobs.length, 'job')} need attention, first of all `;
  const joint = troubled.length === 1 ? ' ' : ', which ';
  return {
    tone: isBad ? 'bad' : 'warn',
    shape: isBad ? 'cross' : 'triangle',
    before,
    link: { text: worst.name, job: worst.name },
    after: `${joint}${troubleText(worst, viewpoint.now)}.`,
  };
}

const needs = (count: number): string => (count === 1 ? 'needs' : 'need');

function headlineOfRunning(jobs: readonly JobView[], { now }: Viewpoint): Headline | undefined {
  const [first, ...others] = jobs.filter(({ running }) => running !== undefined);
  if (first === undefined) return undefined;
  const look = { tone: 'calm', shape: 'play' } as const;
  if (others.length > 0) {
    const text = `${counted(1 + others.length, 'job')} are running`;
    return { ...look, before: '', link: { text, state: 'running' }, after: '; nothing is wrong.' };
  }
  const link = { text: first.name, job: first.name };
  return { ...look, before: '1 job is running: ', link, after: `, ${howFar(first, now)}.` };
}

/** How much of its work is done, or before anything is known of that, for how long it has run. */
const howFar = ({ running }: JobView, now: number): string =>
  (running && runningText(running, now)) ?? `for ${spanText(now - (running?.since ?? now))}`;

/** What is going to happen, before anything has. */
function headlineBeforeFirstRun(jobs: readonly JobView[], viewpoint: Viewpoint): Headline | undefined {
  if (jobs.some(({ lastRun }) => lastRun !== undefined)) return undefined;
  const look = { tone: 'calm', shape: 'clock' } as const;
  const [first] = jobs.filter(({ nextRun }) => nextRun !== undefined).sort(byNextRun);
  if (first?.nextRun === undefined)
    return { ...look, before: 'Nothing has run yet, and nothing runs by itself: no job has a schedule.' };
  return {
    ...look,
    before: `Nothing has run yet. ${jobs.length === 1 ? 'The only job' : `The first of ${counted(jobs.length, 'job')}`}, `,
    link: { text: first.name, job: first.name },
    after: `, runs ${atText(first.nextRun, viewpoint)}, ${relativeText(first.nextRun, viewpoint.now)}.`,
  };
}

const byNextRun = (one: JobView, other: JobView): number => (one.nextRun ?? 0) - (other.nextRun ?? 0);

/** The headline without its link. */
export const plainHeadline = ({ before, link, after = '' }: Headline): string =>
  `${before}${link?.text ?? ''}${after}`;
