import type { JobView } from '../daemon-view.ts';
import { troubleOf } from './situation.ts';

/** The states by which jobs can be chosen, with the words that a person reads. */
export const STATES = {
  attention: { words: 'need attention', holds: (view: JobView) => troubleOf(view) !== undefined },
  failing: { words: 'failing', holds: (view: JobView) => troubleOf(view) === 'failing' },
  stale: { words: 'stale', holds: (view: JobView) => view.isStale },
  'wrong-file': { words: 'with a wrong file', holds: (view: JobView) => view.job === undefined },
  'dead-letters': { words: 'with dead letters', holds: (view: JobView) => view.deadLetters > 0 },
  running: { words: 'running', holds: (view: JobView) => view.runningSince !== undefined },
  waiting: { words: 'waiting to run', holds: (view: JobView) => view.waitingSince !== undefined },
  off: { words: 'switched off', holds: (view: JobView) => view.job?.enabled === false },
} as const;

export type JobFilter = keyof typeof STATES;

/** What the address of a page asks for. */
export interface PageQuery {
  readonly refresh: boolean;
  /** Counted from 1. */
  readonly page: number;
  /** A part of the names of jobs. */
  readonly name: string;
  readonly state: JobFilter | undefined;
  /** What became of a run that was asked for on the page before. */
  readonly run: 'queued' | 'already-running' | undefined;
}

const LONGEST_NAME = 200;

/** Reads the parameters of an address; what makes no sense counts as not given. */
export function readPageQuery(given: Readonly<Record<string, unknown>>): PageQuery {
  const { refresh, page, name, state, run } = given;
  return {
    refresh: refresh !== 'off',
    page: typeof page === 'string' && /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1,
    name: typeof name === 'string' ? name.trim().slice(0, LONGEST_NAME) : '',
    state: typeof state === 'string' && Object.hasOwn(STATES, state) ? (state as JobFilter) : undefined,
    run: run === 'queued' || run === 'already-running' ? run : undefined,
  };
}

/** The query of an address, `?` included; `?` alone leads to the page without one. */
export function addressOf(query: PageQuery, changes: Partial<PageQuery> = {}): string {
  const { refresh, page, name, state } = { ...query, ...changes };
  const parameters = new URLSearchParams();
  if (name !== '') parameters.set('name', name);
  if (state !== undefined) parameters.set('state', state);
  if (page > 1) parameters.set('page', String(page));
  if (!refresh) parameters.set('refresh', 'off');
  return `?${parameters}`;
}

/** What a link to another page takes along: only whether pages refresh themselves. */
export const carried = ({ refresh }: PageQuery): string => (refresh ? '' : '?refresh=off');
