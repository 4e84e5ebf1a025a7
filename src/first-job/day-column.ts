import { formatDate, parseDate, parseDateTime } from '../calendar/date-time.ts';
import { readingsOf, wallClockAt } from '../calendar/zone.ts';
import type { RawValue } from '../model/row.ts';
import type { Zones } from '../sources/catalogue.ts';
import type { SurveyedColumn } from './table-survey.ts';

/** A column that may tell the day for which a row counts. */
export interface DayColumn {
  readonly column: SurveyedColumn;
  /**
   * `spelled`: texts that databases compare letter by letter, and that are not all written in the way in which the
   * ends of a window are.
   */
  readonly form: 'date' | 'time' | 'spelled';
}

/** The columns that hold dates or times. */
export function dayColumns(columns: readonly SurveyedColumn[], typesValues: boolean): DayColumn[] {
  return columns.flatMap((column) => {
    const form = typesValues ? formOfValues(column) : formOfType(column);
    return form === undefined ? [] : [{ column, form }];
  });
}

function formOfType({ kind }: SurveyedColumn): DayColumn['form'] | undefined {
  if (kind === 'date') return 'date';
  return kind === 'local-datetime' || kind === 'instant' ? 'time' : undefined;
}

const PLAIN = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/;

/** What a column is declared as counts only while there is nothing in it. */
function formOfValues(column: SurveyedColumn): DayColumn['form'] | undefined {
  const { values } = column;
  if (values.length === 0) return formOfType(column);
  if (!values.every((value) => typeof value === 'string')) return undefined;
  if (values.every((value) => parseDate(value) !== undefined)) return 'date';
  if (values.every((value) => PLAIN.test(value) && parseDateTime(value) !== undefined)) return 'time';
  const areTimes = values.every((value) => (parseDateTime(value) ?? parseDate(value)) !== undefined);
  return areTimes ? 'spelled' : undefined;
}

/** Times of other things than that what a row counts has happened. */
const ASIDE = /updat|modif|chang|delet|expir|birth|dob|valid|due|last|archiv/i;

/** The one to take without asking: the only one, or the only one that is no time of a change, an end or a birth. */
export function obviousDayColumn(columns: readonly DayColumn[]): DayColumn | undefined {
  const likely = columns.filter(({ column }) => !ASIDE.test(column.name));
  return [columns, likely].find(({ length }) => length === 1)?.[0];
}

/** The date of a value in the job's zone, `YYYY-MM-DD`; undefined for what is no date. */
export function localDateOf(value: RawValue, { database, job }: Zones): string | undefined {
  const text = String(value ?? '');
  if (parseDate(text) !== undefined) return text;
  const time = parseDateTime(text);
  if (time === undefined) return undefined;
  const { wallClock, offset } = time;
  const instant = offset === undefined ? readingsOf(wallClock, database).earlier : wallClock - offset;
  return formatDate(wallClockAt(instant, job));
}
