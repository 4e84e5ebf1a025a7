import type { DataSetSettings } from '../config/write-api-schema.ts';
import { type CheckRecord, compileSchema } from './record-schema.ts';

/** A data set as the routes need it. */
export interface DataSet {
  readonly name: string;
  /** SHA-256 of the token; the token itself is not kept. */
  readonly tokenHash: Buffer;
  /** Fields of which `_id` is made; empty: as sent. */
  readonly autoIds: readonly string[];
  readonly checkSchema: CheckRecord | undefined;
  /** Why nothing can be stored, when the data set's own settings forbid it. */
  readonly fault: string | undefined;
}

export type DataSets = ReadonlyMap<string, DataSet>;

/** The data sets by their paths. A schema that cannot be used stops the writes of its own data set only. */
export function prepareDataSets(settings: readonly DataSetSettings[]): DataSets {
  return new Map(
    settings.map((dataSet) => [pathOf(dataSet.data_group, dataSet.data_type), prepare(dataSet)]),
  );
}

/** The data set that a request's path names; undefined when there is none. */
export function findDataSet(dataSets: DataSets, dataGroup: string, dataType: string): DataSet | undefined {
  return dataSets.get(pathOf(dataGroup, dataType));
}

const pathOf = (dataGroup: string, dataType: string): string =>
  `${encodeURIComponent(dataGroup)}/${encodeURIComponent(dataType)}`;

function prepare({ name, token_sha256, auto_ids, schema }: DataSetSettings): DataSet {
  const compiled = schema === undefined ? {} : attemptSchema(schema);
  return {
    name,
    tokenHash: Buffer.from(token_sha256, 'hex'),
    autoIds: auto_ids,
    checkSchema: compiled.check,
    fault: compiled.fault,
  };
}

function attemptSchema(schema: unknown): { readonly check?: CheckRecord; readonly fault?: string } {
  try {
    return { check: compileSchema(schema) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { fault: `the schema of this data set cannot be used: ${reason}` };
  }
}
