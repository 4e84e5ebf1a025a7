/** The values of a record by their keys, each as JSON, in the spelling in which it came. */
export type RecordValues = ReadonlyMap<string, string>;

/** A key and a value that is no list and no object, and what stands behind them. */
const PAIR = /\s*("(?:[^"\\]|\\.)*")\s*:\s*("(?:[^"\\]|\\.)*"|[^\s,:"[\]{}]+)\s*([,}])/y;

/**
 * Reads the JSON of a record: without converting values, so that no digit is lost. Throws a SyntaxError for what is no
 * JSON object; of lists and objects in it, which no record may have, the spelling is not kept.
 */
export function recordValues(json: string): Map<string, string> {
  const values = new Map<string, string>();
  PAIR.lastIndex = json.indexOf('{') + 1;
  for (;;) {
    const match = PAIR.exec(json);
    if (match === null) return parsedValues(json);
    const [, key = '', value = '', behind] = match;
    values.set(key.includes('\\') ? JSON.parse(key) : key.slice(1, -1), value);
    if (behind === '}') return values;
  }
}

function parsedValues(json: string): Map<string, string> {
  const parsed: unknown = JSON.parse(json);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new SyntaxError('a record is an object');
  return new Map(Object.entries(parsed).map(([key, value]) => [key, JSON.stringify(value)]));
}
