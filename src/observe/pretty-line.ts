import { counted } from '../words/counts.ts';
import { durationText } from '../words/durations.ts';
import { printable } from '../words/printable.ts';

/** What one line of the log looks like to people. */

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green';

/** Gives a text a style, or leaves it as it is where nobody sees colours. */
export type Paint = (style: Style, text: string) => string;

/** What pino has made of one message. */
export interface LogLine {
  readonly level: number;
  /** ISO text. */
  readonly time: string;
  readonly msg?: string;
  readonly [field: string]: unknown;
}

const WARN = 40;
/** The level of errors, as pino writes it. */
export const ERROR = 50;

/** Figures of a message, each with what it counts, in the order in which they are told. */
const FIGURES: Readonly<Record<string, (figure: number) => string>> = {
  windows: (count) => counted(count, 'window'),
  rows: (count) => counted(count, 'row'),
  records: (count) => counted(count, 'record'),
  unchanged: (count) => `${count} unchanged`,
  vanished: (count) => `${counted(count, 'row')} gone`,
  dead_letters: (count) => counted(count, 'dead letter'),
  jobs: (count) => counted(count, 'job'),
  ticks: (count) => counted(count, 'tick'),
  lines: (count) => counted(count, 'line'),
  failures: (count) => counted(count, 'failure'),
  count: (count) => counted(count, 'mistake'),
  attempt: (number) => `attempt ${number}`,
  delay: (milliseconds) => `delay: ${milliseconds} ms`,
  status: (status) => `status ${status}`,
  seconds: (seconds) => durationText(seconds * 1_000),
  seconds_down: (seconds) => `down for ${durationText(seconds * 1_000)}`,
  seconds_ahead: (seconds) => `${durationText(seconds * 1_000)} ahead`,
};

/** Told in a place of their own, or of no use to somebody who reads along. */
const ELSEWHERE = new Set([
  ...[
    'level',
    'time',
    'msg',
    'code',
    'job',
    'data_set',
    'outcome',
    'reason',
    'remedy',
    'mistake',
    'mistakes',
    'err',
  ],
  ...['run', 'side', 'requests', 'bytes_sent'],
]);

/**
 * `22:13:03 transactions  succeeded  124 records  0.4 s`: who, what and how much in one line. What has to be read is
 * indented below it: fields that are no figures, the reason and the remedy.
 */
export function prettyLine(line: LogLine, paint: Paint): string {
  const { level, time, msg = '', code, job, data_set, outcome } = line;
  const subject = job ?? data_set;
  const head = [
    ...(subject === undefined ? [] : [paint('bold', textOf(subject))]),
    outcome === undefined ? textOf(msg) : textOf(outcome).replaceAll('_', ' '),
    ...figuresOf(line),
    ...(level >= WARN && code !== undefined ? [paint('dim', textOf(code))] : []),
  ].join('  ');
  const indented = detailsOf(line).flatMap((text) => text.split('\n').map((part) => `         ${part}\n`));
  return `${paint('dim', timeOfDay(time))} ${severityOf(level, paint)}${head}\n${indented.join('')}`;
}

function severityOf(level: number, paint: Paint): string {
  if (level < WARN) return '';
  return level < ERROR ? `${paint('yellow', 'warning')} ` : `${paint('red', 'error')} `;
}

/** No figure says that there is nothing, but for a sum of records; rows that all became records are not told twice. */
function figuresOf(line: LogLine): string[] {
  return Object.entries(FIGURES).flatMap(([name, text]) => {
    const figure = line[name];
    const isTold = typeof figure === 'number' && (figure > 0 || name === 'records' || name === 'seconds');
    return isTold && !(name === 'rows' && figure === line.records) ? [text(figure)] : [];
  });
}

function detailsOf(line: LogLine): string[] {
  const others = Object.entries(line).filter(
    ([name, value]) =>
      !ELSEWHERE.has(name) && value !== undefined && !(name in FIGURES && typeof value === 'number'),
  );
  const facts = others.map(([name, value]) => `${name.replaceAll('_', ' ')}: ${textOf(value)}`).join(', ');
  const { reason, remedy, mistake, mistakes, err } = line;
  const told = [facts, reason, mistake, ...(Array.isArray(mistakes) ? mistakes : []), stackOf(err)];
  return [
    ...told.flatMap((text) => (text === undefined || text === '' ? [] : [textOf(text)])),
    ...(remedy === undefined ? [] : [`→ ${textOf(remedy)}`]),
  ];
}

const stackOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'stack' in error ? error.stack : error;

/** Without the braces and quotes of JSON, and with times as people write them. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object' || value === null) return timesInWords(printable(String(value)));
  return Object.entries(value)
    .map(([name, each]) => `${name}: ${textOf(each)}`)
    .join(', ');
}

const INSTANT = '(\\d{4}-\\d\\d-\\d\\d)T(\\d\\d:\\d\\d):\\d\\d(?:\\.\\d+)?Z';
const SPAN = new RegExp(`^${INSTANT}/${INSTANT}$`);
const TIME = new RegExp(`^${INSTANT}$`);

/** `2014-06-01 00:00 → 2014-06-02 00:00 UTC`, where the text is a time or a span */
const timesInWords = (text: string): string =>
  text.replace(SPAN, '$1 $2 → $3 $4 UTC').replace(TIME, '$1 $2 UTC');

/** `22:13:03` on the clock of this machine */
function timeOfDay(iso: string): string {
  const time = new Date(iso);
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
