import type { ShownJob } from '../../config/shown-job.ts';
import { html, type Markup, said } from '../../look/markup.ts';

type RecordMapping = ShownJob['record'];
type FieldMapping = NonNullable<RecordMapping['fields']>[string];
type SuppressSettings = NonNullable<RecordMapping['suppress']>;

export interface FieldInWords {
  readonly name: string;
  readonly origin: Markup;
}

/** Where each field of a job's records comes from. */
export function recordInWords(record: RecordMapping): readonly FieldInWords[] {
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
    { name: '_timestamp', origin: timestampInWords(timestamp) },
    { name: '_id', origin: idInWords(record.id) },
    ...others,
    ...(suppress === undefined ? [] : [{ name: 'small counts', origin: suppressInWords(suppress) }]),
  ];
}

function timestampInWords(timestamp: RecordMapping['timestamp']): Markup {
  if (timestamp === undefined) return 'start of the period that holds the run';
  if (typeof timestamp === 'string') return column(timestamp);
  const { format } = timestamp;
  return html`${column(timestamp.column)}${format && html`, which writes dates as ${code(format)}`}`;
}

function idInWords(id: RecordMapping['id']): Markup {
  if (Array.isArray(id)) return html`made of ${codes(id)}`;
  const style = id.style === 'sha256' ? undefined : html`, in the style ${code(id.style)}`;
  return html`made of ${codes(id.fields.map(partInWords))}${style}`;
}

function partInWords(part: Exclude<RecordMapping['id'], readonly string[]>['fields'][number]): string {
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
