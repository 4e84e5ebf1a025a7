import { html } from '../../look/markup.ts';
import { documentOf } from './document.ts';

/** Its links begin at the root of the host, because its address may be of any depth. */
export function notFoundPage(version: string, now: number): string {
  return documentOf({
    title: 'Page not found',
    tone: 'calm',
    root: '/',
    version,
    now,
    query: undefined,
    content: html`<h1>Page not found</h1>
      <p class="lead">There is no such page, or no job of that name any more. <a href="/">Show all jobs</a></p>`,
  });
}
