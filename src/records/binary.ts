import { isUtf8 } from 'node:buffer';
import type { RawValue } from '../model/row.ts';

/** What a value holds that may not stand in a record, and what to do about it. */
export interface BinaryTrouble {
  readonly what: string;
  readonly remedy: string;
}

/** Undefined for values that are no bytes. */
export function binaryTrouble(value: RawValue): BinaryTrouble | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  if (isUtf8(value)) {
    return { what: 'binary data', remedy: 'Select it as text, e.g. hex(column) or cast(column AS text).' };
  }
  return {
    what: 'bytes that are no text in UTF-8',
    remedy:
      'If they should be text, correct them where they are stored: whoever wrote them used another encoding. Else ' +
      'select hex(column).',
  };
}
