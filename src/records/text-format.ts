/** The formats that `record.timestamp.format` reads. */
export const TEXT_FORMATS = [
  'yyyy-MM-dd',
  'yyyy/MM/dd',
  'yyyyMMdd',
  'dd/MM/yyyy',
  'dd-MM-yyyy',
  'dd.MM.yyyy',
  'MM/dd/yyyy',
  'yyyy-MM',
  'yyyyMM',
  'yyyy',
  'yyyy-MM-dd HH:mm',
  'yyyy-MM-dd HH:mm:ss',
  'dd/MM/yyyy HH:mm',
  'dd/MM/yyyy HH:mm:ss',
] as const;

export type TextFormat = (typeof TEXT_FORMATS)[number];

/** How `record.id` writes dates and times, as older collectors did. Those that end in an offset are in UTC. */
export const ID_FORMATS = [
  'yyyyMMddHHmmss',
  'yyyy-MM-dd',
  'yyyy-MM-dd HH:mm:ss',
  'yyyy-MM-dd HH:mm:ss+00:00',
  'yyyy-MM-ddTHH:mm:ss+00:00',
] as const;

export type IdFormat = (typeof ID_FORMATS)[number];

const PARTS: Readonly<Record<string, string>> = {
  yyyy: '(?<year>\\d{4})',
  MM: '(?<month>\\d\\d)',
  dd: '(?<day>\\d\\d)',
  HH: '(?<hour>\\d\\d)',
  mm: '(?<minute>\\d\\d)',
  ss: '(?<second>\\d\\d)',
};

/** Rewrites a text of the given format as `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS`; undefined when it has another form. */
export function isoReader(format: TextFormat): (text: string) => string | undefined {
  const literal = format.replaceAll('.', '\\.');
  const pattern = new RegExp(`^${literal.replace(/yyyy|MM|dd|HH|mm|ss/g, (part) => PARTS[part] ?? part)}$`);
  return (text) => {
    const parts = pattern.exec(text)?.groups;
    if (parts === undefined) return undefined;
    const { year, month = '01', day = '01', hour, minute, second = '00' } = parts;
    const date = `${year}-${month}-${day}`;
    return hour === undefined ? date : `${date} ${hour}:${minute}:${second}`;
  };
}
