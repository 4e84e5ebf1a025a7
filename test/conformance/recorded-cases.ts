import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** The recorded answers of the original write API, and how to turn a recorded request into bytes. */

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly body_base64?: string;
  readonly body_spec?: BodySpec;
  readonly gzip?: boolean;
}

type BodySpec =
  | { readonly kind: 'pad'; readonly text: string; readonly char: string; readonly count: number }
  | { readonly kind: 'array'; readonly record: object; readonly count: number; readonly width: number };

export interface RecordedDataSet {
  readonly name: string;
  readonly data_group: string;
  readonly data_type: string;
  readonly bearer_token?: unknown;
  readonly auto_ids?: readonly string[] | null;
  readonly schema?: unknown;
}

export interface StoredRow {
  readonly record: Readonly<Record<string, unknown>>;
}

export interface RecordedCase {
  readonly name: string;
  /** Whether to answer and to store the same, or to answer 400 and to store nothing. */
  readonly verdict: 'same' | 'stricter';
  readonly data_sets: readonly RecordedDataSet[];
  readonly setup: readonly RecordedRequest[];
  readonly request: RecordedRequest;
  readonly response: { readonly status: number; readonly body: unknown };
  readonly stored_after?: readonly StoredRow[] | { count: number; first: StoredRow; last: StoredRow };
}

export const readRecordedCases = (): readonly RecordedCase[] => readRecorded('write-api-cases.jsonl');

/** A file of fixtures/, which has one value on each line. */
export function readRecorded<Value>(file: string): readonly Value[] {
  const lines = readFileSync(join(import.meta.dirname, 'fixtures', file), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => parseExactly(line) as Value);
}

/** JSON.parse that keeps integers of 64 bits as bigints where a double cannot hold them. */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    /^-?\d{16,19}$/.test(context?.source ?? '') ? BigInt(context?.source ?? 0) : value,
  );
}

export function bodyOf({ body, body_base64, body_spec, gzip }: RecordedRequest): Buffer | undefined {
  if (body_base64 !== undefined) return Buffer.from(body_base64, 'base64');
  if (body_spec === undefined) return body === undefined ? undefined : Buffer.from(body, 'utf8');
  const expanded = Buffer.from(expand(body_spec), 'utf8');
  return gzip === true ? gzipSync(expanded) : expanded;
}

function expand(spec: BodySpec): string {
  if (spec.kind === 'pad') return spec.text.replace('{pad}', spec.char.repeat(spec.count));
  const template = JSON.stringify(spec.record);
  const copies = Array.from({ length: spec.count }, (_, index) =>
    template.replaceAll('{i}', String(index).padStart(spec.width, '0')),
  );
  return `[${copies.join(',')}]`;
}
