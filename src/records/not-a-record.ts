import { isUtf8 } from 'node:buffer';
import type { DeadLetterCause } from '../model/dead-letter.ts';
import type { RawValue } from '../model/row.ts';

/** What a value holds that may not stand in a record, and what to do about it. */
interface BinaryTrouble {
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
      'Correct them where they are stored if they should be text, because whoever wrote them used another encoding; ' +
      'else select hex(column).',
  };
}

/** What cannot become a record, told with its column or field and with what to do. */
class RecordError extends Error {
  readonly side = 'config';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.name = new.target.name;
    this.remedy = remedy;
  }
}

/** A row cannot become a record: one of its values may not, or cannot, be sent. */
export class NotARecordError extends RecordError {
  /** What kind of dead letter the row, or its record, becomes. */
  readonly deadLetterCause: DeadLetterCause;

  constructor(message: string, remedy: string, cause: DeadLetterCause = 'not-a-record') {
    super(message, remedy);
    this.deadLetterCause = cause;
  }
}

/** The columns of a query do not fit the job's `record`: no row of it can become a record. */
export class MappingError extends RecordError {}

/** Why one value does not fit; the encoder of its column adds the name. */
export class UnfitValue extends Error {
  readonly remedy: string;

  constructor(reason: string, remedy: string) {
    super(reason);
    this.name = 'UnfitValue';
    this.remedy = remedy;
  }
}

/** An encoder whose failures name the column, and which takes no bytes, whatever the column is declared as. */
export function namingColumn(
  column: string,
  encode: (value: RawValue) => string,
): (value: RawValue) => string {
  return (value) => {
    try {
      if (typeof value === 'object') refuseBytes(value);
      return encode(value);
    } catch (error) {
      if (error instanceof UnfitValue)
        throw new NotARecordError(`column ${column}: ${error.message}`, error.remedy);
      throw error;
    }
  };
}

function refuseBytes(value: RawValue): void {
  const trouble = binaryTrouble(value);
  if (trouble !== undefined) throw new UnfitValue(`holds ${trouble.what}`, trouble.remedy);
}

/** A value as a message shows it: cut, control characters escaped. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
