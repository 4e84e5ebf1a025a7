import { html, type Markup } from '../../look/markup.ts';
import { relativeText } from '../../words/durations.ts';

/** What a time is shown against: the zone of the job, and the present. */
export interface Viewpoint {
  /** Epoch milliseconds. */
  readonly now: number;
  /** An IANA name. */
  readonly zone: string;
}

type Form = 'minute' | 'minute-of-year' | 'exact' | 'year' | 'time';

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
  time: { ...CLOCK, second: '2-digit', timeZoneName: 'short' },
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
export function localText(instant: number, { now, zone }: Viewpoint): string {
  const isThisYear = formatted(instant, zone, 'year') === formatted(now, zone, 'year');
  return formatted(instant, zone, isThisYear ? 'minute' : 'minute-of-year');
}

/** `22:19:04 GMT` */
export const timeOfDayText = (instant: number, zone: string): string => formatted(instant, zone, 'time');

const isoText = (instant: number): string => new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z');

/** `Monday 23 November 2026 at 06:30:12 GMT` */
export const exactText = (instant: number, { zone }: Viewpoint): string => formatted(instant, zone, 'exact');

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

/** The time that a job's zone shows, and how long ago or ahead that is, one above the other. */
export function bothTimes(instant: number, viewpoint: Viewpoint): Markup {
  return html`${localTime(instant, viewpoint)} <span class="sub">${relativeText(instant, viewpoint.now)}</span>`;
}
