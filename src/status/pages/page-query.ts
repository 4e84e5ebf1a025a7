import { html, type Markup } from '../../look/markup.ts';
import { grouped } from '../../words/counts.ts';
import type { JobView } from '../daemon-view.ts';
import { troubleOf } from './situation.ts';

/** The states by which jobs can be chosen, with the words that a person reads. */
export const STATES = {
  attention: { words: 'need attention', holds: (view: JobView) => troubleOf(view) !== undefined },
  failing: { words: 'failing', holds: (view: JobView) => troubleOf(view) === 'failing' },
  unanswered: {
    words: 'without an answer',
    holds: (view: JobView) => view.unansweredSince !== undefined,
  },
  stale: { words: 'stale', holds: (view: JobView) => view.isStale },
  'wrong-file': { words: 'with a wrong file', holds: (view: JobView) => view.job === undefined },
  'dead-letters': { words: 'with dead letters', holds: (view: JobView) => view.deadLetters > 0 },
  running: { words: 'running', holds: (view: JobView) => view.running !== undefined },
  waiting: { words: 'waiting to run', holds: (view: JobView) => view.waitingSince !== undefined },
  off: { words: 'switched off', holds: (view: JobView) => view.job?.enabled === false },
} as const;

export type JobFilter = keyof typeof STATES;

/** What the address of a page asks for. */
export interface PageQuery {
  readonly refresh: boolean;
  /** Counted from 1. */
  readonly page: number;
  /** A part of what people know jobs by: their names, descriptions and data sets. */
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

/** Most jobs on one page. */
const PAGE_SIZE = 200;

export interface Slice<Item> {
  readonly items: readonly Item[];
  /** From 1 to `pages`. */
  readonly page: number;
  readonly pages: number;
  /** The place of the first item among all, counted from 1. */
  readonly first: number;
  readonly total: number;
}

/** The items of one page; of the last one when there are not so many pages. */
export function sliceOf<Item>(items: readonly Item[], wanted: number): Slice<Item> {
  const pages = Math.max(Math.ceil(items.length / PAGE_SIZE), 1);
  const page = Math.min(wanted, pages);
  const start = (page - 1) * PAGE_SIZE;
  return { items: items.slice(start, start + PAGE_SIZE), page, pages, first: start + 1, total: items.length };
}

/** Links to the other pages; nothing when there is one. */
export function pageLinks({ page, pages, first, items, total }: Slice<unknown>, query: PageQuery): Markup {
  if (pages === 1) return undefined;
  const link = (text: string, target: number, rel?: string) =>
    target < 1 || target > pages || target === page
      ? undefined
      : html`<li><a href=${addressOf(query, { page: target })} rel=${rel}>${text}</a></li>`;
  return html`<nav class="pages" aria-label="Pages">
    <p>Jobs ${grouped(first)} to ${grouped(first + items.length - 1)} of ${grouped(total)}</p>
    <ul>
      ${page > 2 ? link('First', 1) : undefined}${link('Previous', page - 1, 'prev')}
      <li aria-current="page">Page ${grouped(page)} of ${grouped(pages)}</li>
      ${link('Next', page + 1, 'next')}${page < pages - 1 ? link('Last', pages) : undefined}
    </ul>
  </nav>`;
}
