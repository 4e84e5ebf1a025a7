import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseExactly, type RecordedDataSet, type RecordedRequest } from './recorded-cases.ts';

/** The recorded answers of the original read API. */

export interface ReadDataSet extends RecordedDataSet {
  readonly queryable?: boolean;
  readonly raw_queries_allowed?: boolean;
  readonly published?: boolean;
  readonly realtime?: boolean;
}

export interface ReadCase {
  readonly name: string;
  readonly request: RecordedRequest;
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

export interface ReadRecording {
  readonly data_sets: readonly ReadDataSet[];
  readonly setup: readonly RecordedRequest[];
  readonly cases: readonly ReadCase[];
}

/** When the recording was made. */
export const RECORDED_AT = Date.UTC(2024, 5, 12, 10, 30, 0, 123);

/** @param writeCases the file of the write API's cases, beside which it lies */
export function readRecording(writeCases: string): ReadRecording {
  const text = readFileSync(join(dirname(writeCases), 'read-api-cases.json'), 'utf8');
  return parseExactly(text) as ReadRecording;
}

/** The original stored records one by one, also those before one that it refused: only those without a timestamp are left out. */
export function acceptable({ body, ...request }: RecordedRequest): RecordedRequest {
  const records = parseExactly(body ?? '[]') as Readonly<Record<string, unknown>>[];
  const accepted = records.filter((record) => '_timestamp' in record);
  return accepted.length === records.length
    ? { ...request, body: body ?? '[]' }
    : {
        ...request,
        body: JSON.stringify(accepted, (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
      };
}
