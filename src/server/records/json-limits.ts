import { apiError, recordsError } from '../http/errors.ts';

/**
 * Looks at a JSON text before it is parsed: some texts take a hundred times their length in memory, and as much time.
 */

/** Most records in one request. */
export const MAXIMUM_RECORDS = 100_000;
/** Shorter texts can do no harm. */
const HARMLESS_LENGTH = 262_144;
const MAXIMUM_DEPTH = 100;
/** Most values within lists and objects in records, which are refused one by one where they are few. */
const MAXIMUM_NESTED = 100_000;

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

export const tooManyRecords = (count?: number) =>
  apiError(
    413,
    `At most ${MAXIMUM_RECORDS} records fit into one request${count === undefined ? '' : `, not ${count}`}.`,
  );

/**
 * Throws an ApiError for a text that holds more than a request can be meant to hold. What is no JSON at all is for
 * the parser to say.
 */
export function refuseMonsters(text: string): void {
  if (text.length <= HARMLESS_LENGTH) return;
  const depthOfRecords = /^\s*\[/.test(text) ? 2 : 1;
  let [depth, records, nested] = [0, 0, 0];
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (character === QUOTE) {
      index = endOfString(text, index);
    } else if (character === OPEN_LIST || character === OPEN_OBJECT) {
      depth += 1;
      if (depth > MAXIMUM_DEPTH) throw apiError(400, 'Error parsing JSON: "nested too deeply"');
      if (depth > depthOfRecords) nested += 1;
    } else if (character === CLOSE_LIST || character === CLOSE_OBJECT) {
      depth -= 1;
    } else if (character === COMMA) {
      if (depth > depthOfRecords) nested += 1;
      else if (depth < depthOfRecords) records += 1;
    }
    if (records >= MAXIMUM_RECORDS) throw tooManyRecords();
    if (nested > MAXIMUM_NESTED)
      throw recordsError(['the records hold lists or objects, which have no place in them']);
  }
}

/** Where the string ends that begins at `start`; the end of the text when it does not end. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
  return text.length;
}
