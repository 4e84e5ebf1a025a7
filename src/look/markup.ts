import { html } from 'htm/preact';
import type { VNode } from 'preact';

/** Pages are written as HTML in template texts; everything that is put into them is escaped. */
export { html };

/** A piece of a page. Nothing is drawn of undefined. */
export type Markup = VNode | readonly Markup[] | string | number | undefined;

/** A text that somebody else wrote: it keeps its direction of writing to itself, and what cannot be seen shows as �. */
export const said = (text: string): VNode => html`<bdi>${visible(text)}</bdi>`;

/** Without control characters, which a browser hides or drops; line breaks and tabs stay. */
export const visible = (text: string): string => text.replace(/(?![\n\t])\p{Cc}/gu, '\ufffd');
