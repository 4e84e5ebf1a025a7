import type { Spelling } from './events.ts';

export const POSTGRESQL: Spelling = {
  numbers: (count) => `generate_series(0::bigint, ${count - 1}) AS numbers (n)`,
  divided: (number, divisor) => `(${number} / ${divisor})`,
  time: (hours) => `timestamp '2015-01-01' + ${hours} * interval '1 hour'`,
  backslash: 'chr(92)',
  timeType: 'timestamp',
};

/** Of MySQL and MariaDB, which have no series of numbers in common: digits are joined. */
export const MYSQL: Spelling = {
  numbers: (count) => {
    const places = Array.from({ length: String(count - 1).length }, (_, place) => place);
    const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS digit`).join(' UNION ALL ');
    const sum = places.map((place) => `digit_${place}.digit * ${10 ** place}`).join(' + ');
    const joined = places.map((place) => `(${digits}) AS digit_${place}`).join(' CROSS JOIN ');
    return `(SELECT ${sum} AS n FROM ${joined}) AS numbers WHERE n < ${count}`;
  },
  divided: (number, divisor) => `(${number} DIV ${divisor})`,
  time: (hours) => `timestamp '2015-01-01 00:00:00' + INTERVAL ${hours} HOUR`,
  backslash: 'char(92 USING utf8mb4)',
  timeType: 'datetime',
};

export const SQLITE: Spelling = {
  numbers: (count) =>
    `(WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${count}) SELECT n FROM numbers)`,
  divided: (number, divisor) => `(${number} / ${divisor})`,
  time: (hours) => `datetime(1420070400 + ${hours} * 3600, 'unixepoch')`,
  backslash: 'char(92)',
  timeType: 'datetime',
};
