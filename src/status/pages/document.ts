import { render } from 'preact-render-to-string';
import type { Tone } from '../../look/icon.ts';
import { html, type Markup, said, visible } from '../../look/markup.ts';
import { addressOf, type PageQuery } from './page-query.ts';
import { timeOfDayText, type Viewpoint } from './times.ts';

/** Seconds between two refreshes. */
const REFRESH_SECONDS = 30;

interface PageFrame {
  readonly title: string;
  /** The colour of the icon in the browser's tab. */
  readonly tone: Tone;
  /**
   * What leads from the page's address to the start page: `./` or `../`, so that a proxy may serve the pages below
   * any path.
   */
  readonly root: string;
  readonly version: string;
  /** Undefined on pages that show no times. */
  readonly viewpoint: Viewpoint | undefined;
  /** Undefined on pages that do not change. */
  readonly query: PageQuery | undefined;
  readonly content: Markup;
  /** What else the foot of the page says. */
  readonly foot?: Markup;
}

/** A whole page as HTML. */
export function documentOf(frame: PageFrame): string {
  const { title, tone, root, query, content } = frame;
  return `<!doctype html>\n${render(html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>${visible(title)} – pp-db-collector</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="robots" content="noindex" />
      <link rel="stylesheet" href=${`${root}assets/status.css`} />
      <link rel="icon" type="image/svg+xml" href=${`${root}assets/icon-${tone}.svg`} />
    </head>
    <body>
      <a class="skip-link" href="#content">Skip to the content</a>
      <header class="top">
        <div class="wide">
          <a class="product" href=${`${root}${query?.refresh === false ? '?refresh=off' : ''}`}>pp-db-collector</a>
          ${query && frame.viewpoint && refreshControl(query, frame.viewpoint)}
        </div>
      </header>
      <main id="content" class="wide" tabindex="-1">${content}</main>
      <footer class="bottom">
        <div class="wide"><p>pp-db-collector ${frame.version}</p>${frame.foot}</div>
      </footer>
    </body>
  </html>`)}\n`;
}

/**
 * By which clock the page tells its times, and how to stop it from refreshing itself, before anything else on the page.
 */
function refreshControl(query: PageQuery, { now, zone, zoneName }: Viewpoint): Markup {
  const clock = html`<time datetime=${new Date(now).toISOString()}>${timeOfDayText(now, zone)}</time>`;
  const time = html`As of ${clock}, ${said(zoneName)}`;
  return query.refresh
    ? html`<p class="refresh">${time}; refreshes every ${REFRESH_SECONDS} seconds. <a
        href=${addressOf(query, { refresh: false })}>Stop refreshing</a></p>`
    : html`<p class="refresh">${time}. <a
        href=${addressOf(query, { refresh: true })}>Refresh every ${REFRESH_SECONDS} seconds</a></p>`;
}

/**
 * The headers that a page needs: `refresh`, as long as its reader has not stopped it. The message of a run asked for
 * goes with the first refresh.
 */
export function headersOf(query: PageQuery): { readonly refresh?: string } {
  if (!query.refresh) return {};
  return {
    refresh: query.run === undefined ? `${REFRESH_SECONDS}` : `${REFRESH_SECONDS}; url=${addressOf(query)}`,
  };
}

/** Its links begin at the root of the host, because its address may be of any depth. */
export function notFoundPage(version: string): string {
  return documentOf({
    title: 'Page not found',
    tone: 'calm',
    root: '/',
    version,
    viewpoint: undefined,
    query: undefined,
    content: html`<h1>Page not found</h1>
      <p class="lead">There is no such page, or no job of that name any more. <a href="/">Show all jobs</a></p>`,
  });
}
