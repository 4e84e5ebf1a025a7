import { parseDateTime } from '../../calendar/date-time.ts';
import { html, type Markup, said } from '../../look/markup.ts';
import type { CursorValue } from '../../model/query.ts';
import { relativeText, spanText } from '../../words/durations.ts';
import type { JobView } from '../daemon-view.ts';
import { localTime, type Viewpoint } from './times.ts';

/** The longest value of a position that is shown whole. */
const LONGEST = 40;

/** Up to where a job is collected, and how far behind the present that is. */
export function collected(view: JobView, viewpoint: Viewpoint): Markup {
  const { cursor, collectedTo } = view.progress ?? {};
  if (cursor !== undefined) {
    const values = cursor.map(({ text }) => html`<span class="value">${said(cut(text))}</span>`);
    return html`<span class="position">${values}</span> ${cursorLag(cursor, view, viewpoint)}`;
  }
  if (collectedTo === undefined) return html`<span class="none">Nothing yet</span>`;
  return html`${localTime(collectedTo, viewpoint)} <span class="sub">${lagText(collectedTo, viewpoint.now)}</span>`;
}

const cut = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`);

/** A local time without its offset may be that of any zone: then the last success tells how new the position is. */
function cursorLag(cursor: readonly CursorValue[], { lastSuccessAt }: JobView, { now }: Viewpoint): Markup {
  const time = cursor.map(instantOf).find((instant) => instant !== undefined);
  if (time !== undefined) return html`<span class="sub">${lagText(time, now)}</span>`;
  if (lastSuccessAt === undefined) return undefined;
  return html`<span class="sub">as of ${relativeText(lastSuccessAt, now)}</span>`;
}

function instantOf({ kind, text }: CursorValue): number | undefined {
  const time = kind === 'datetime' ? parseDateTime(text) : undefined;
  return time?.offset === undefined ? undefined : time.wallClock - time.offset;
}

/** `7 hours behind` */
function lagText(to: number, now: number): string {
  return to > now ? `${spanText(to - now)} ahead of the clock` : `${spanText(now - to)} behind`;
}
