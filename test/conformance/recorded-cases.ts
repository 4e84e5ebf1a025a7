import { existsSync, readdirSync, readFileSync } from 'node:fs';
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
  readonly verdict: 'same' | 'stricter' | 'free';
  readonly data_sets: readonly RecordedDataSet[];
  readonly setup: readonly RecordedRequest[];
  readonly request: RecordedRequest;
  readonly response: { readonly status: number; readonly body: unknown };
  readonly stored_after?: readonly StoredRow[] | { count: number; first: StoredRow; last: StoredRow };
}

const FILE = 'write-api-cases.json';

/** The file with the recorded cases: in `directory`, else in a folder `conformance` of a neighbour of the repository; undefined when there is none. */
export function recordedCasesFile(directory: string | undefined): string | undefined {
  const folders = directory === undefined ? neighbours() : [directory];
  const file = folders.map((folder) => join(folder, FILE)).find((path) => existsSync(path));
  if (file === undefined && directory !== undefined) {
    throw new Error(`TEST_CONFORMANCE_DIRECTORY has no ${FILE}: ${directory}`);
  }
  return file;
}

function neighbours(): string[] {
  const parent = join(import.meta.dirname, '../../..');
  return readdirSync(parent).map((name) => join(parent, name, 'conformance'));
}

export function readRecordedCases(file: string): readonly RecordedCase[] {
  return parseExactly(readFileSync(file, 'utf8')) as RecordedCase[];
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
