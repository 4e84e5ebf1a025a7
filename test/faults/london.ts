/** The calendar of the window jobs, by what Intl knows of it and nothing of the program's own. */

const PRINTED = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/London',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

export const DAY = 86_400_000;

function wallClock(epochMilliseconds: number): string {
  const parts = Object.fromEntries(
    PRINTED.formatToParts(epochMilliseconds).map(({ type, value }) => [type, value]),
  );
  return `${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}:${parts.second}`;
}

/** `YYYY-MM-DD` in London. */
export const dateAt = (epochMilliseconds: number): string => wallClock(epochMilliseconds).slice(0, 10);

/** When a date begins in London, epoch milliseconds. */
export function startOf(date: string): number {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const found = [midnight, midnight - 3_600_000].find((instant) => wallClock(instant) === `${date} 00:00:00`);
  if (found === undefined) throw new RangeError(`${date} does not begin at midnight`);
  return found;
}

/** A date so many days later; dates are counted, not hours. */
export function daysAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** `YYYY-MM-DD HH:MM:SS.mmm000` of an instant in UTC, as databases take it. */
export const utcText = (epochMilliseconds: number): string =>
  `${new Date(epochMilliseconds).toISOString().replace('T', ' ').replace('Z', '')}000`;
