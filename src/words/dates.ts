/**
 * Dates in words, by hand: for a date in words, `Intl` loads 7 MB of what it knows of all languages. Dates are given as
 * the milliseconds of their midnight in UTC.
 */

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];

const SHORT_MONTHS = [
  ...['Jan', 'Feb', 'Mar', 'Apr', 'May', 'June'],
  ...['July', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
];

const dayOfMonth = (date: Date): string => String(date.getUTCDate());
const dayOf = (date: Date): string => `${WEEKDAYS[date.getUTCDay()]} ${date.getUTCDate()}`;
const monthOf = (date: Date): string => MONTHS[date.getUTCMonth()] ?? '';
const shortMonthOf = (date: Date): string => SHORT_MONTHS[date.getUTCMonth()] ?? '';
const yearOf = (date: Date): string => String(date.getUTCFullYear());

/** `Thursday 26 November 2026`, `Monday 16 to Sunday 22 November 2026`: what both have is said once. */
export const daysText = (first: number, last: number): string =>
  spanText([dayOf, monthOf, yearOf], first, last);

/** `5 June 2015` */
export const dateText = (date: number): string => spanText([dayOfMonth, monthOf, yearOf], date, date);

/** `2 to 8 Mar 2015`, `29 Dec 2014 to 4 Jan 2015` */
export const shortDaysText = (first: number, last: number): string =>
  spanText([dayOfMonth, shortMonthOf, yearOf], first, last);

/** `Jan to Mar 2015` */
export const shortMonthsText = (first: number, last: number): string =>
  spanText([shortMonthOf, yearOf], first, last);

/** `October 2026`, `July to September 2026` */
export const monthsText = (first: number, last: number): string => spanText([monthOf, yearOf], first, last);

/** `2025`, `2023 to 2025` */
export const yearsText = (first: number, last: number): string => spanText([yearOf], first, last);

/** @param parts of a date from the smallest to the largest */
function spanText(parts: readonly ((date: Date) => string)[], first: number, last: number): string {
  const [from, to] = [first, last].map((date) => parts.map((part) => part(new Date(date)))) as [
    string[],
    string[],
  ];
  const differing = parts.findLastIndex((_, index) => from[index] !== to[index]);
  const end = to.join(' ');
  return differing === -1 ? end : `${from.slice(0, differing + 1).join(' ')} to ${end}`;
}
