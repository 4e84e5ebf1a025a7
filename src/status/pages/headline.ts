import type { Look } from '../../look/icon.ts';
import { counted, grouped, sentence } from '../../words/counts.ts';
import type { DaemonView, JobView } from '../daemon-view.ts';
import { byUrgency, isGrave, troubleOf, troubleText } from './situation.ts';
import type { Viewpoint } from './times.ts';

/** What the headline is made from. */
export interface Standing {
  readonly jobs: readonly JobView[];
  readonly viewpoint: Viewpoint;
  readonly isReady: boolean;
  readonly reload: ReturnType<DaemonView['lastReload']>;
  /** Why the process cannot do its work; undefined when it can. */
  readonly healthProblem: string | undefined;
}

/** Whether everything is all right, in one sentence, which leads to what most needs attention. */
export interface Headline extends Pick<Look, 'tone' | 'shape'> {
  readonly before: string;
  readonly link?: { readonly text: string; readonly job: string | undefined };
  readonly after?: string;
}

export const ALL_RIGHT: Headline = { tone: 'good', shape: 'check', before: 'Everything is all right.' };

export function headlineOf(standing: Standing): Headline {
  const { jobs, isReady, reload, healthProblem } = standing;
  if (healthProblem !== undefined) {
    const before = sentence(`The daemon cannot do its work: ${healthProblem}`);
    return { tone: 'bad', shape: 'cross', before };
  }
  const troubled = jobs.filter((view) => troubleOf(view) !== undefined);
  const grave = troubled.filter((view) => isGrave(troubleOf(view)));
  if (grave.length > 0) return headlineOfJobs(troubled, standing);
  if ((reload?.problems.length ?? 0) > 0) return WRONG_RELOAD;
  if (troubled.length > 0) return headlineOfJobs(troubled, standing);
  if (!isReady) return NOT_READY;
  return jobs.length === 0 ? NO_JOBS : ALL_RIGHT;
}

const WRONG_RELOAD: Headline = {
  ...{ tone: 'warn', shape: 'triangle' },
  before: 'All jobs run, but ',
  link: { text: 'the new configuration is wrong', job: undefined },
  after: ', so the one before stays in force.',
};

const NOT_READY: Headline = {
  ...{ tone: 'calm', shape: 'clock' },
  before: 'The daemon is starting or stopping: no runs begin.',
};

const NO_JOBS: Headline = { tone: 'calm', shape: 'dashed', before: 'There are no jobs yet.' };

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

/** The headline without its link. */
export const plainHeadline = ({ before, link, after = '' }: Headline): string =>
  `${before}${link?.text ?? ''}${after}`;
