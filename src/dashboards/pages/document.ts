import { render } from 'preact-render-to-string';
import { html, type Markup, visible } from '../../look/markup.ts';

interface PageFrame {
  readonly title: string;
  /** What leads from the page's address to that of all dashboards, so that a proxy may serve them below any path. */
  readonly root: string;
  /** The name of the style sheet. */
  readonly style: string;
  /** Whether search engines may list it. */
  readonly isListed: boolean;
  readonly content: Markup;
}

/** A whole page as HTML. On that of a dashboard slugs are ids; others there have an underscore, which no slug has. */
export function documentOf({ title, root, style, isListed, content }: PageFrame): string {
  return `<!doctype html>\n${render(html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>${visible(title)}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      ${isListed ? undefined : html`<meta name="robots" content="noindex" />`}
      <link rel="stylesheet" href=${`${root}assets/${style}`} />
      <link rel="icon" type="image/svg+xml" href=${`${root}assets/dashboards.svg`} />
    </head>
    <body>
      <a class="skip-link" href="#page_content">Skip to the content</a>
      <header class="top"><div class="wide"><a class="product" href=${root}>Dashboards</a></div></header>
      <main id="page_content" class="wide" tabindex="-1">${content}</main>
    </body>
  </html>`)}\n`;
}

/** The icon in the browser's tab. */
export const TAB_ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path
  fill="#2073bc" d="M1 9h4v6H1zM6 5h4v10H6zM11 1h4v14h-4z"/></svg>\n`;

/** Its links begin at the root of the host, because its address may be of any depth. */
export const notFoundPage = (style: string): string =>
  documentOf({
    title: 'Page not found',
    root: '/',
    style,
    isListed: false,
    content: html`<h1>Page not found</h1>
      <p class="lead">There is no such dashboard, or no part of that name in it any more. <a
        href="/">Show all dashboards</a></p>`,
  });
