/**
 * The rows that are measured with: the result of an aggregation, the same ones wherever they are made. Each hour has one
 * row for each of four periods and 50 channels; three notes of ten are null, and some have quotes, backslashes and
 * accents.
 */
export const EVENT_COLUMNS = ['event_time', 'period', 'channel', 'event_count', 'amount', 'note'] as const;
export const EVENT_ID = ['period', 'channel'] as const;
export const ROWS_OF_AN_HOUR = 200;

/** How a database writes what the rows are made with. */
export interface Spelling {
  /** What gives the column `n` with the numbers from 0 on. */
  numbers(count: number): string;
  /** A whole number of times. */
  divided(number: string, divisor: number): string;
  /** 2015-01-01 and so many hours. */
  time(hours: string): string;
  readonly backslash: string;
  readonly timeType: string;
}

export function eventsTable(spelling: Spelling, name: string, rows: number): readonly string[] {
  const { numbers, divided, time, backslash, timeType } = spelling;
  return [
    `CREATE TABLE ${name} (event_time ${timeType} NOT NULL, period varchar(8) NOT NULL, channel varchar(16) NOT NULL,
      event_count int NOT NULL, amount numeric(12,2) NOT NULL, note varchar(64))`,
    `INSERT INTO ${name} SELECT ${time(divided('n', ROWS_OF_AN_HOUR))},
      CASE mod(n, 4) WHEN 0 THEN 'hour' WHEN 1 THEN 'day' WHEN 2 THEN 'week' ELSE 'month' END,
      concat('channel ', mod(${divided('n', 4)}, 50)),
      mod(n * 7919, 100003), mod(n * 104729, 10000000) / 100.0,
      CASE mod(n, 10) WHEN 0 THEN NULL WHEN 1 THEN NULL WHEN 2 THEN NULL WHEN 3 THEN concat('said "yes" in ', n)
        WHEN 4 THEN concat('in C:', ${backslash}, 'forms', ${backslash}, n) WHEN 5 THEN concat('café réservé ', n)
        ELSE concat('note of row ', n) END
      FROM ${numbers(rows)}`,
  ];
}

/** A table with so many columns: the time, then numbers and texts by turns, named `column_2` and so on. */
export function wideTable(
  spelling: Spelling,
  name: string,
  rows: number,
  columns: number,
): readonly string[] {
  const places = Array.from({ length: columns - 1 }, (_, index) => index + 2);
  const types = places.map(
    (place) => `column_${place} ${place % 2 === 0 ? 'bigint' : 'varchar(64)'} NOT NULL`,
  );
  const values = places.map((place) =>
    place % 2 === 0 ? `n + ${place - 2}` : `concat('value ', mod(n, ${place}))`,
  );
  return [
    `CREATE TABLE ${name} (event_time ${spelling.timeType} NOT NULL, ${types.join(', ')})`,
    `INSERT INTO ${name} SELECT ${spelling.time(spelling.divided('n', ROWS_OF_AN_HOUR))}, ${values.join(', ')} FROM ${spelling.numbers(rows)}`,
  ];
}

export const wideColumns = (columns: number): readonly string[] => [
  'event_time',
  ...Array.from({ length: columns - 1 }, (_, index) => `column_${index + 2}`),
];
