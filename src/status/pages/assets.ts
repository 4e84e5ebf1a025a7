import { TONES, tabIcon } from '../../look/icon.ts';
import { styleSheetOf } from '../../look/style-sheet.ts';

export interface Asset {
  /** The value of `content-type`. */
  readonly type: string;
  readonly body: string;
}

const OWN_STYLE = ['overview.css', 'job.css'].map((name) => new URL(name, import.meta.url));

/** What the pages need besides themselves, by its path. Files are read now. */
export function pageAssets(): ReadonlyMap<string, Asset> {
  const style: Asset = { type: 'text/css; charset=utf-8', body: styleSheetOf(OWN_STYLE) };
  const icons = TONES.map((tone): [string, Asset] => [
    `/assets/icon-${tone}.svg`,
    { type: 'image/svg+xml', body: tabIcon(tone) },
  ]);
  return new Map([['/assets/status.css', style], ...icons]);
}
