import type { ShownFile, ShownJob } from '../../config/shown-job.ts';
import { html, type Markup, said } from '../../look/markup.ts';
import { TRAITS, type WithMode } from '../../model/mode.ts';
import { counted, listed } from '../../words/counts.ts';
import { spanText } from '../../words/durations.ts';

type RecordMapping = ShownJob['record'];
type FieldMapping = NonNullable<RecordMapping['fields']>[string];
type SuppressSettings = NonNullable<RecordMapping['suppress']>;

interface FieldInWords {
  readonly name: string;
  readonly origin: Markup;
}

/** Where each field of a job's records comes from. */
export function recordInWords({ record, mode }: ShownJob): readonly FieldInWords[] {
  const { timestamp, fields, omit, suppress } = record;
  const others =
    fields === undefined
      ? [
          {
            name: 'all others',
            origin: html`each column under its own name${omit && html`, but ${codes(omit)}`}`,
          },
        ]
      : Object.entries(fields).map(([name, mapping]) => ({ name, origin: fieldInWords(mapping) }));
  return [
    { name: '_timestamp', origin: timestampInWords(timestamp, TRAITS[mode].hasOwnTime) },
    { name: '_id', origin: idInWords(record.id) },
    ...others,
    ...(suppress === undefined ? [] : [{ name: 'small counts', origin: suppressInWords(suppress) }]),
  ];
}

function timestampInWords(timestamp: RecordMapping['timestamp'], hasOwnTime: boolean): Markup {
  if (timestamp === undefined) {
    return hasOwnTime ? 'start of the period that holds the run' : 'the only date or time of the query';
  }
  if (typeof timestamp === 'string') return column(timestamp);
  const { format } = timestamp;
  return html`${column(timestamp.column)}${format && html`, which writes dates as ${code(format)}`}`;
}

function idInWords(id: RecordMapping['id']): Markup {
  if (id === undefined) return html`made of ${code('_timestamp')} and every field that is not a number`;
  if (Array.isArray(id)) return html`made of ${codes(id)}`;
  const style = id.style === 'sha256' ? undefined : html`, in the style ${code(id.style)}`;
  return html`made of ${codes(id.fields.map(partInWords))}${style}`;
}

function partInWords(
  part: Exclude<NonNullable<RecordMapping['id']>, readonly string[]>['fields'][number],
): string {
  if (typeof part === 'string') return part;
  if ('value' in part) return JSON.stringify(part.value);
  const format = part.format === undefined ? '' : ` as ${part.format}`;
  return `${'field' in part ? part.field : `column ${part.column}`}${format}`;
}

function fieldInWords(mapping: FieldMapping): Markup {
  if (typeof mapping === 'string') return column(mapping);
  if ('value' in mapping) return html`always ${json(mapping.value)}`;
  const { as, map, default: otherwise } = mapping;
  const mapped = Object.entries(map ?? {}).map(([from, to]) => html`, ${json(from)} becomes ${json(to)}`);
  return html`${column(mapping.column)}${as && html`, as ${as}`}${mapping.case && html`, in ${mapping.case} case`}${mapped}${
    otherwise === undefined ? undefined : html`, everything else becomes ${json(otherwise)}`
  }`;
}

function suppressInWords({ fields, below, replace_with: replacement, zero, mark }: SuppressSettings): Markup {
  const marked = mark ? html`; the record is marked ${code('suppressed')}` : undefined;
  return html`numbers of ${codes(fields)} below ${below}${zero ? ', 0 included,' : ''} become ${json(replacement)}${marked}`;
}

const column = (name: string): Markup => html`column ${code(name)}`;

const code = (text: string): Markup => html`<code>${said(text)}</code>`;

const json = (value: unknown): Markup => code(JSON.stringify(value));

const codes = (names: readonly string[]): Markup =>
  names.map((name, index) => {
    const joint = index === 0 ? '' : index === names.length - 1 ? ' and ' : ', ';
    return html`${joint}${code(name)}`;
  });

/** What a job collects at each run, in sentences. */
export function modeInWords(job: ShownJob): readonly string[] {
  switch (job.mode) {
    case 'window':
      return windowInWords(job);
    case 'cursor':
      return cursorInWords(job);
    case 'snapshot':
      return snapshotInWords(job);
  }
}

/** Milliseconds, unless it came from outside. */
const spanOf = (span: number | string): string => (typeof span === 'string' ? span : spanText(span));

function windowInWords({ window }: WithMode<ShownFile, 'window'>): string[] {
  const { period, lookback, start, delay, include_current: current, max_periods: most } = window;
  const since = start === undefined ? '' : `, beginning with that of ${start}`;
  const last = lookback === 1 ? period : counted(lookback, period);
  const again = `At each run the last ${last} again, for rows that appear late.`;
  return [
    `Every ${period} that is over${since}, in its order.`,
    ...(lookback === 0 ? [] : [again]),
    ...(delay === 0 ? [] : [`A ${period} counts as over ${spanOf(delay)} after its end.`]),
    ...(current === true ? [`The ${period} that is not over, too.`] : []),
    `At most ${counted(most, period)} in one query.`,
  ];
}

function cursorInWords({ cursor }: WithMode<ShownFile, 'cursor'>): string[] {
  const { columns, lag, max_rows: most } = cursor;
  return [
    `The rows behind the last one that was delivered, in the order of ${listed(columns)}.`,
    ...(lag === 0
      ? []
      : [
          `Rows of the last ${spanOf(lag)} wait for a later run, because they may still be joined by others.`,
        ]),
    `At most ${counted(most, 'row')} in one query.`,
  ];
}

function snapshotInWords({ snapshot, data_set: dataSet }: WithMode<ShownFile, 'snapshot'>): string[] {
  const { period, keep_pending: kept } = snapshot;
  return [
    `How things stand at each run; a second run in the same ${period} replaces the first.`,
    ...(dataSet.replace === true ? ['The data set is emptied before the records of each run are sent.'] : []),
    `Records that cannot be delivered are kept for ${spanOf(kept)}.`,
  ];
}
