import { html, type Markup } from '../../look/markup.ts';
import { grouped } from '../../words/counts.ts';
import { addressOf, type PageQuery } from './page-query.ts';

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
