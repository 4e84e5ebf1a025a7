/** Words that YAML, in any version that people meet, takes for something else than a text. */
const OTHER = /^(true|false|null|yes|no|on|off|y|n|nan|inf)$/i;
const PLAIN = /^[A-Za-z_][\w/-]*(?: [\w/-]+)*$/;

/** A value as it stands in YAML, in quotes where it needs them. */
export const scalar = (value: string | number | boolean | null): string =>
  typeof value === 'string' && PLAIN.test(value) && !OTHER.test(value) ? value : JSON.stringify(value);

/** `{ day: "2015-01-01", count: 12 }` */
export const flowMapping = (values: Readonly<Record<string, string | number | boolean | null>>): string =>
  `{ ${Object.entries(values)
    .map(([key, value]) => `${scalar(key)}: ${scalar(value)}`)
    .join(', ')} }`;

/** `[_timestamp, channel]` */
export const flowList = (names: readonly string[]): string => `[${names.map(scalar).join(', ')}]`;

export const indented = (text: string, by: string): string =>
  text
    .split('\n')
    .map((line) => (line.trim() === '' ? '' : `${by}${line}`))
    .join('\n');
