import { parseDate, parseDateTime } from '../calendar/date-time.ts';
import { instantTexts, type LocalTime } from './date-times.ts';
import { shown, UnfitValue } from './not-a-record.ts';
import type { IdFormat } from './text-format.ts';

/**
 * Writes a date, or a date and time, as an older collector did: the wall clock as it stands in the text, or in UTC for
 * the formats that name its offset. Throws UnfitValue.
 */
export function idFormatter(format: IdFormat, localTime: LocalTime): (text: string) => string {
  const instantOf = instantTexts(localTime);
  return (text) => {
    if (parseDate(text) !== undefined) return written(`${text}T00:00:00`, format);
    if (parseDateTime(text) === undefined) {
      throw new UnfitValue(
        `${shown(text)} is no date and time, which record.id is to write as ${format}`,
        'Select a date or a timestamp, or leave the format out of record.id.',
      );
    }
    return written(format.endsWith('+00:00') ? instantOf(text) : text.replace(' ', 'T'), format);
  };
}

/** @param iso `YYYY-MM-DDTHH:MM:SS` and whatever follows */
function written(iso: string, format: IdFormat): string {
  const [date, time] = [iso.slice(0, 10), iso.slice(11, 19)];
  switch (format) {
    case 'yyyyMMddHHmmss':
      return `${date}${time}`.replace(/\D/g, '');
    case 'yyyy-MM-dd':
      return date;
    case 'yyyy-MM-dd HH:mm:ss':
      return `${date} ${time}`;
    case 'yyyy-MM-dd HH:mm:ss+00:00':
      return `${date} ${time}+00:00`;
    case 'yyyy-MM-ddTHH:mm:ss+00:00':
      return `${date}T${time}+00:00`;
  }
}
