import { createHash } from 'node:crypto';

/**
 * How a record has to look, worked out without any of the program's code: the JSON text is put together by hand, from
 * what the database prints.
 */
export function recordText(id: string, timestamp: string, fields: Readonly<Record<string, string>>): string {
  const own = Object.entries(fields).map(([name, json]) => `,${JSON.stringify(name)}:${json}`);
  return `{"_id":"${id}","_timestamp":"${timestamp}"${own.join('')}}`;
}

/** The first 32 hex digits of the SHA-256 of the JSON array of the values, each given as JSON. */
export function idOf(values: readonly string[]): string {
  return createHash('sha256')
    .update(`[${values.join(',')}]`)
    .digest('hex')
    .slice(0, 32);
}

/** The number as the database prints it, without the trailing zeros of its fraction. */
export function decimalJson(printed: string | null): string {
  if (printed === null) return 'null';
  return printed.includes('.') ? printed.replace(/\.?0+$/, '') : printed;
}

export const textJson = (printed: string | null): string => JSON.stringify(printed);

/** `2015-01-01 12:34:56.789000`, which is UTC, as a record shows it. */
export function datetimeText(printed: string): string {
  const [whole, fraction] = splitTime(printed);
  return `${whole.replace(' ', 'T')}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** The same without its fraction, as `_timestamp`. */
export const secondText = (printed: string): string => `${splitTime(printed)[0].replace(' ', 'T')}Z`;

/** For comparing: the whole seconds, and the fraction without trailing zeros. */
export function splitTime(printed: string): readonly [whole: string, fraction: string] {
  const [whole = '', fraction = ''] = printed.split('.');
  return [whole, fraction.replace(/0+$/, '')];
}
