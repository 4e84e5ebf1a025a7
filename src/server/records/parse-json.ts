/** JSON.parse that keeps numbers which a double cannot hold, as they were written. */

/**
 * Numbers with so many digits that a double may not hold them; some texts within strings match too, which only costs
 * time.
 */
const LONG_NUMBER = /[:,[]\s*-?[\d.]{16,}/;
/** Numbers written with an exponent or with a fraction that ends in zero. */
const SPELLED_NUMBER = /[:,[]\s*-?\d[\d.]*(?:\.\d*0|e)/i;

/** Stands where a number was written that no double comes near, such as 1e400. */
const BEYOND_DOUBLE: object = Object.freeze({});

/** A number as it was written; `JSON.stringify` writes it the same. */
type WrittenNumber = { readonly rawJSON: string };

declare global {
  interface JSON {
    rawJSON(text: string): WrittenNumber;
    isRawJSON(value: unknown): value is WrittenNumber;
  }
}

/**
 * The value of a JSON text. A number that JavaScript would write in another way becomes a WrittenNumber: always when it
 * has 16 digits or more, and with `asWritten` whenever it has an exponent or a fraction that ends in zero.
 * Throws SyntaxError, and RangeError when the text is nested too deeply.
 */
export function parseJson(text: string, asWritten: boolean): unknown {
  const needsSource = LONG_NUMBER.test(text) || (asWritten && SPELLED_NUMBER.test(text));
  return needsSource ? JSON.parse(text, keepWriting) : JSON.parse(text);
}

function keepWriting(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined || String(value) === context.source)
    return value;
  return Number.isFinite(value) ? JSON.rawJSON(context.source) : BEYOND_DOUBLE;
}

/** A record as it came out of the JSON text: keys in the order in which they were sent. */
export type ReceivedRecord = Record<string, unknown>;

export function isReceivedRecord(value: unknown): value is ReceivedRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
