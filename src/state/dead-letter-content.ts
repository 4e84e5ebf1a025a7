import type { DeadLetter } from '../model/dead-letter.ts';
import type { Column, RawValue } from '../model/row.ts';

/** A raw value as JSON has it: what JSON lacks is an object with one key, which tells what it is. */
type JsonValue =
  | string
  | number
  | null
  | { readonly integer: string }
  | { readonly number: string }
  | { readonly bytes: string };

type JsonContent =
  | { readonly kind: 'record'; readonly json: string }
  | { readonly kind: 'row'; readonly columns: readonly Column[]; readonly row: readonly JsonValue[] };

/** As JSON, from which exactly the same content is read again. */
export function contentToJson(content: DeadLetter['content']): string {
  const json: JsonContent = content.kind === 'row' ? { ...content, row: content.row.map(toJson) } : content;
  return JSON.stringify(json);
}

export function contentFromJson(text: string): DeadLetter['content'] {
  const json = JSON.parse(text) as JsonContent;
  return json.kind === 'row' ? { ...json, row: json.row.map(fromJson) } : json;
}

function toJson(value: RawValue): JsonValue {
  if (typeof value === 'bigint') return { integer: String(value) };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  if (typeof value !== 'number') return value;
  if (Object.is(value, -0)) return { number: '-0' };
  return Number.isFinite(value) ? value : { number: String(value) };
}

function fromJson(value: JsonValue): RawValue {
  if (typeof value !== 'object' || value === null) return value;
  if ('integer' in value) return BigInt(value.integer);
  if ('number' in value) return Number(value.number);
  return new Uint8Array(Buffer.from(value.bytes, 'base64'));
}
