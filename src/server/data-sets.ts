import type { DataSetSettings } from '../config/schema/write-api-schema.ts';
import { type CheckRecord, compileSchema } from './records/record-schema.ts';

/** A data set as the routes need it. */
export interface ServedDataSet {
  readonly name: string;
  /** SHA-256 of the token; the token itself is not kept. */
  readonly tokenHash: Buffer;
  /** Fields of which `_id` is made; empty: as sent. */
  readonly autoIds: readonly string[];
  readonly checkSchema: CheckRecord | undefined;
  /** Why nothing can be stored, when the data set's own settings forbid it. */
  readonly fault: string | undefined;
  /** Seconds after which the data set counts as stale when nothing new was stored; null: never. */
  readonly maxAgeExpected: number | null;
  readonly readRules: ReadRules;
}

/** What GET may show of a data set. */
export interface ReadRules {
  /** False: it seems not to be there. */
  readonly queryable: boolean;
  /** False: groups only, and no short spans of time. */
  readonly rawQueriesAllowed: boolean;
  readonly published: boolean;
  readonly realtime: boolean;
}

export type ServedDataSets = ReadonlyMap<string, ServedDataSet>;

/** The data sets by their paths. A schema that cannot be used stops the writes of its own data set only. */
export function prepareDataSets(settings: readonly DataSetSettings[]): ServedDataSets {
  return new Map(
    settings.map((dataSet) => [pathOf(dataSet.data_group, dataSet.data_type), prepare(dataSet)]),
  );
}

/** The data set that a request's path names; undefined when there is none. */
export function findDataSet(
  dataSets: ServedDataSets,
  dataGroup: string,
  dataType: string,
): ServedDataSet | undefined {
  return dataSets.get(pathOf(dataGroup, dataType));
}

const pathOf = (dataGroup: string, dataType: string): string =>
  `${encodeURIComponent(dataGroup)}/${encodeURIComponent(dataType)}`;

function prepare(settings: DataSetSettings): ServedDataSet {
  const { name, token_sha256, auto_ids, schema, max_age_expected } = settings;
  const compiled = schema === undefined ? {} : attemptSchema(schema);
  return {
    name,
    tokenHash: Buffer.from(token_sha256, 'hex'),
    autoIds: auto_ids,
    checkSchema: compiled.check,
    fault: compiled.fault,
    maxAgeExpected: max_age_expected,
    readRules: readRulesOf(settings),
  };
}

function readRulesOf({
  queryable = true,
  raw_queries_allowed = false,
  published = true,
  realtime = false,
}: DataSetSettings): ReadRules {
  return { queryable, rawQueriesAllowed: raw_queries_allowed, published, realtime };
}

function attemptSchema(schema: unknown): { readonly check?: CheckRecord; readonly fault?: string } {
  try {
    return { check: compileSchema(schema) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { fault: `the schema of this data set cannot be used: ${reason}` };
  }
}
