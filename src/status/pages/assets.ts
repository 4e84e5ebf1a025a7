import type { Tone } from '../../look/icon.ts';
import { styleSheetOf } from '../../look/style-sheet.ts';

export interface Asset {
  /** The value of `content-type`. */
  readonly type: string;
  readonly body: string;
}

/** Shown beside the title of the browser's tab, also on a dark one. */
const TAB_COLOURS: Readonly<Record<Tone, string>> = {
  good: '#2a9d5c',
  warn: '#d98e04',
  bad: '#dc3545',
  calm: '#7d8794',
};

const TAB_SHAPES: Readonly<Record<Tone, string>> = {
  good: '<circle cx="8" cy="8" r="8" fill="COLOUR"/><path d="M4.2 8.3 7 11l4.8-5.6" fill="none" stroke="#fff" stroke-width="2"/>',
  warn: '<path d="M8 .5 16 15.500H0Z" fill="COLOUR"/><path d="M8 5.500v5M8 12v1.6" stroke="#fff" stroke-width="2"/>',
  bad: '<path d="M4.7 0h6.600L16 4.700v6.600L11.3 16H4.700L0 11.300V4.700Z" fill="COLOUR"/><path d="m5 5 6 6m0-6-6 6" stroke="#fff" stroke-width="2"/>',
  calm: '<circle cx="8" cy="8" r="6.5" fill="none" stroke="COLOUR" stroke-width="3"/>',
};

const OWN_STYLE = ['overview.css', 'job.css'].map((name) => new URL(name, import.meta.url));

/** What the pages need besides themselves, by its path. Files are read now. */
export function pageAssets(): ReadonlyMap<string, Asset> {
  const style: Asset = { type: 'text/css; charset=utf-8', body: styleSheetOf(OWN_STYLE) };
  const icons = (Object.keys(TAB_SHAPES) as Tone[]).map((tone): [string, Asset] => [
    `/assets/icon-${tone}.svg`,
    { type: 'image/svg+xml', body: tabIcon(tone) },
  ]);
  return new Map([['/assets/status.css', style], ...icons]);
}

function tabIcon(tone: Tone): string {
  const shape = TAB_SHAPES[tone].replace('COLOUR', TAB_COLOURS[tone]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${shape}</svg>\n`;
}
