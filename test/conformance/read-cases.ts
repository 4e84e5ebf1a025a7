import { parseExactly, type RecordedDataSet, type RecordedRequest, readRecorded } from './recorded-cases.ts';

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

export const readRecording = (): ReadRecording => ({
  data_sets: readRecorded('read-api-data-sets.jsonl'),
  setup: readRecorded('read-api-setup.jsonl'),
  cases: readRecorded('read-api-cases.jsonl'),
});

/**
 * The original stored records one by one, also those before one that it refused: only those without a timestamp are
 * left out.
 */
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
