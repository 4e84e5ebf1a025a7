import { readFileSync } from 'node:fs';

/** What all pages share. Of rules that are as specific as each other the later one counts. */
const SHARED = ['colours.css', 'frame.css', 'content.css', 'forms.css', 'tables.css'].map(
  (name) => new URL(name, import.meta.url),
);

/** The text of a style sheet: what all pages share, then what some pages have of their own. */
export const styleSheetOf = (own: readonly URL[]): string =>
  [...SHARED, ...own].map((file) => readFileSync(file, 'utf8')).join('\n');
