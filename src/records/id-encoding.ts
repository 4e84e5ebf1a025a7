import { hash } from 'node:crypto';
import type { RecordMapping } from '../config/schema/job-schema.ts';
import { NotARecordError, shown } from './not-a-record.ts';

type IdSettings = Extract<RecordMapping['id'], { style: string }>;

/** What stands between the values when nothing is said. */
const SEPARATORS = { 'pp-db-collector-template': '', plain: '', base64: '.', base64url: '.' } as const;

/** Characters that a charset lacks: Java writes a question mark for each. */
const LACKING = { 'utf-8': undefined, 'iso-8859-1': /[^\0-\xff]/gu, 'us-ascii': /[^\0-\x7f]/gu } as const;

/** Makes an `_id` of the plain texts of its parts, in one of the styles of older collectors. Throws NotARecordError. */
export function joinedId(settings: IdSettings): (texts: readonly string[]) => string {
  const { style, charset = 'utf-8' } = settings;
  if (style === 'sha256') throw new Error('the usual style does not join its parts');
  const separator = settings.separator ?? SEPARATORS[style];
  const encode = ENCODINGS[style];
  return (texts) => encode(texts.join(separator), charset);
}

type Charset = keyof typeof LACKING;

const ENCODINGS: Readonly<Record<keyof typeof SEPARATORS, (text: string, charset: Charset) => string>> = {
  'pp-db-collector-template': (text, charset) => hash('md5', bytesOf(text, charset), 'hex'),
  base64: base64Of,
  base64url: (text) => base64Of(text).replaceAll('+', '-').replaceAll('/', '_'),
  plain(text) {
    if (/^[\x21-\x7e]+$/.test(text)) return text;
    throw new NotARecordError(
      `the _id would be ${shown(text)}, and an _id is made of visible ASCII characters without blanks, at least one`,
      'Replace the others in the query, or choose another style in record.id.',
    );
  },
};

function base64Of(text: string): string {
  if (text !== '') return Buffer.from(text).toString('base64');
  throw new NotARecordError('the _id would be empty', 'Add to record.id what tells the rows apart.');
}

function bytesOf(text: string, charset: Charset): Buffer {
  const lacking = LACKING[charset];
  return lacking === undefined ? Buffer.from(text) : Buffer.from(text.replace(lacking, '?'), 'latin1');
}
