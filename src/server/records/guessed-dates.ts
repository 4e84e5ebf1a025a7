/**
 * The original write API guessed dates from any text that held nothing but numbers and words of dates. This server
 * takes ISO 8601 only. The difference shows in one place: where a schema refuses a text from which the original would
 * have guessed a date, the schema's message is the only one.
 */

const ISO_SHAPE = /^\d{4}-\d\d-\d\d/;
const NUMBER_LENGTHS = [1, 2, 4, 6, 8, 12, 14];
const WORD =
  /^(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)[a-z]*|[hmst]|am|pm|at|on|and|ad|of|st|nd|rd|th)$/i;
const ZONE = /^[A-Z]{1,5}$/;

/** Whether the original would have read a date in `text`, although it is not one here. */
export function isGuessedDate(text: string): boolean {
  if (ISO_SHAPE.test(text) || !/^[\s\w:.,/+-]*$/.test(text)) return false;
  const hasTime = /\d:\d\d/.test(text);
  return (text.match(/\d+|[a-z]+/gi) ?? []).every((token) =>
    /\d/.test(token)
      ? NUMBER_LENGTHS.includes(token.length)
      : WORD.test(token) || (hasTime && ZONE.test(token)),
  );
}
