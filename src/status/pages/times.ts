import type { Job } from '../../config/config.ts';
import { html, type Markup } from '../../look/markup.ts';
import { relativeText } from '../../words/durations.ts';
import type { PageZone } from '../daemon-view.ts';

/** What a time is shown against: a zone, which is the same for a whole page, and the present. */
export interface Viewpoint extends PageZone {
  /** Epoch milliseconds. */
  readonly now: number;
}

type Form = 'minute' | 'minute-of-year' | 'exact' | 'year' | 'date' | 'clock' | 'time';

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const FORMS: Readonly<Record<Form, Intl.DateTimeFormatOptions>> = {
  minute: { day: 'numeric', month: 'short', ...CLOCK },
  'minute-of-year': { day: 'numeric', month: 'short', year: 'numeric', ...CLOCK },
  exact: {
    ...{ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
    ...CLOCK,
    second: '2-digit',
    timeZoneName: 'short',
  },
  year: { year: 'numeric' },
  date: { day: 'numeric', month: 'numeric', year: 'numeric' },
  clock: CLOCK,
  time: { ...CLOCK, second: '2-digit' },
};

// To make a format takes a thousand times as long as to use it; there are only so many zones.
const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(instant: number, zone: string, form: Form): string {
  const key = `${form} ${zone}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { ...FORMS[form], timeZone: zone });
  formats.set(key, format);
  return format.format(instant);
}

/** `23 Nov, 06:30`, with the year when it is not the present one */
export function localText(instant: number, { now, zone }: Pick<Viewpoint, 'now' | 'zone'>): string {
  const isThisYear = formatted(instant, zone, 'year') === formatted(now, zone, 'year');
  return formatted(instant, zone, isThisYear ? 'minute' : 'minute-of-year');
}

const isToday = (instant: number, { now, zone }: Viewpoint): boolean =>
  formatted(instant, zone, 'date') === formatted(now, zone, 'date');

/** `22:19`, with the date when it is not today's: `23 Nov, 22:19` */
export const clockText = (instant: number, viewpoint: Viewpoint): string =>
  isToday(instant, viewpoint) ? formatted(instant, viewpoint.zone, 'clock') : localText(instant, viewpoint);

/** `at 22:19`, `on 23 Nov, 22:19` */
export const atText = (instant: number, viewpoint: Viewpoint): string =>
  `${isToday(instant, viewpoint) ? 'at' : 'on'} ${clockText(instant, viewpoint)}`;

/** `22:19:04` */
export const timeOfDayText = (instant: number, zone: string): string => formatted(instant, zone, 'time');

const isoText = (instant: number): string => new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z');

/** `Monday 23 November 2026 at 06:30:12 GMT` */
export const exactText = (instant: number, { zone }: Pick<Viewpoint, 'zone'>): string =>
  formatted(instant, zone, 'exact');

/** By the clock of a job, whose periods begin at its midnights and not at those of the page. */
export function viewpointOfJob(job: Job, { now }: Viewpoint): Viewpoint {
  return { now, zone: job.timezone, zoneName: job.shown?.timezone ?? job.timezone };
}

/** The name of a job's zone, where it is not the one of the page. */
export const otherZone = (own: Viewpoint, page: Viewpoint): string | undefined =>
  own.zone === page.zone ? undefined : own.zoneName;

/** `23 Nov, 06:30`, with everything else that is known of the instant behind it. */
export function localTime(instant: number, viewpoint: Viewpoint): Markup {
  return timeElement(instant, viewpoint, localText(instant, viewpoint));
}

/** `7 hours ago`, with the exact time behind it. */
export function relativeTime(instant: number, viewpoint: Viewpoint): Markup {
  return timeElement(instant, viewpoint, relativeText(instant, viewpoint.now));
}

const timeElement = (instant: number, viewpoint: Viewpoint, text: string): Markup =>
  html`<time datetime=${isoText(instant)} title=${exactText(instant, viewpoint)}>${text}</time>`;

/** `23 Nov, 06:30, 7 hours ago`, for use in a text. */
export const timeInText = (instant: number, viewpoint: Viewpoint): Markup =>
  html`${localTime(instant, viewpoint)}, ${relativeText(instant, viewpoint.now)}`;

/** The time that the page's clock shows, and how long ago or ahead that is, one above the other. */
export function bothTimes(instant: number, viewpoint: Viewpoint): Markup {
  return html`${localTime(instant, viewpoint)} <span class="sub">${relativeText(instant, viewpoint.now)}</span>`;
}
