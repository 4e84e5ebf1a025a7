import { z } from 'zod';
import { MODES, type Mode, TRAITS } from '../../model/mode.ts';
import type { KeyPath } from '../finding.ts';
import { configSchema } from './config-schema.ts';
import { dashboardSchema } from './dashboard-schema.ts';
import { jobSchema } from './job-schema.ts';
import { writeApiSchema } from './write-api-schema.ts';

export type FileKind = 'config' | 'job' | 'write-api' | 'dashboard';

const SCHEMAS = {
  config: configSchema,
  job: jobSchema,
  'write-api': writeApiSchema,
  dashboard: dashboardSchema,
};

/** The part of JSON Schema that the schemas of the configuration files use. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

const TITLES: Readonly<Record<FileKind, string>> = {
  config: 'pp-db-collector: config.yaml',
  job: 'pp-db-collector: a job',
  'write-api': 'pp-db-collector: write-api.yaml',
  dashboard: 'pp-db-collector: a dashboard',
};

/** Keywords that a text such as `${PORT}` would break although its value may be right. */
const RESTRICTIONS = ['enum', 'pattern', 'format', 'const'] as const;
const FROM_OUTSIDE: JsonSchema = { type: 'string', pattern: '\\$\\{' };

/**
 * The JSON Schema of a file with all that it needs, wherever that stands: `${…}` may stand for every value, but in
 * dashboards for none.
 */
export function completeSchemaOf(kind: FileKind): JsonSchema {
  const schema = z.toJSONSchema(SCHEMAS[kind], { io: 'input' }) as JsonSchema;
  return kind === 'dashboard' ? schema : allowOutside(schema);
}

/** The same of a file as people write it, for editors. */
export function jsonSchemaOf(kind: FileKind): JsonSchema {
  const complete = completeSchemaOf(kind);
  const { $schema, ...rest } = kind === 'job' ? withoutDefaulted(complete) : complete;
  return { $schema, title: TITLES[kind], ...rest, ...(kind === 'job' ? { allOf: MODES.map(onlyMode) } : {}) };
}

/**
 * A job with one mode has no other, and only one that has all records replaces. That there is one cannot be asked for:
 * `defaults.yaml` may give it.
 */
function onlyMode(mode: Mode): JsonSchema {
  const others = MODES.filter((other) => other !== mode).map((other) => [other, false] as const);
  const keptDataSet = { data_set: { properties: { replace: { not: { const: true } } } } };
  const properties = { ...Object.fromEntries(others), ...(TRAITS[mode].hasAllRecords ? {} : keptDataSet) };
  return { if: { not: { required: [mode] } }, else: { properties } } as JsonSchema;
}

/** The keys that may stand in the mapping at `path`. */
export function knownKeys(kind: FileKind, path: KeyPath): string[] {
  let schemas: readonly JsonSchema[] = [schemaOf(kind)];
  for (const step of path) schemas = schemas.flatMap((schema) => below(schema, step));
  return [...new Set(schemas.flatMap(options).flatMap((schema) => Object.keys(schema.properties ?? {})))];
}

const schemas = new Map<FileKind, JsonSchema>();

function schemaOf(kind: FileKind): JsonSchema {
  const schema = schemas.get(kind) ?? jsonSchemaOf(kind);
  schemas.set(kind, schema);
  return schema;
}

function below(schema: JsonSchema, step: KeyPath[number]): JsonSchema[] {
  return options(schema).flatMap(({ properties, additionalProperties, items }) => {
    const child = typeof step === 'number' ? items : (properties?.[step] ?? additionalProperties);
    return typeof child === 'object' ? [child] : [];
  });
}

const options = (schema: JsonSchema): JsonSchema[] => [schema, ...(schema.anyOf ?? []).flatMap(options)];

function allowOutside(schema: JsonSchema): JsonSchema {
  const { description, default: byDefault, ...rest } = schema;
  const isRestricted = RESTRICTIONS.some((keyword) => keyword in schema);
  if (isRestricted || ['integer', 'number', 'boolean'].includes(schema.type ?? '')) {
    const annotations = { description, default: byDefault };
    return withoutUndefined({ ...annotations, anyOf: [rest, FROM_OUTSIDE] });
  }
  const takesText = schema.anyOf?.some((option) => option.type === 'string' && !('const' in option)) ?? false;
  return withoutUndefined({
    ...schema,
    properties: mapValues(schema.properties, allowOutside),
    additionalProperties:
      typeof schema.additionalProperties === 'object'
        ? allowOutside(schema.additionalProperties)
        : schema.additionalProperties,
    items: schema.items === undefined ? undefined : allowOutside(schema.items),
    anyOf: takesText
      ? schema.anyOf?.map((option) => (option.type === 'object' ? allowOutside(option) : option))
      : schema.anyOf?.map(allowOutside),
  });
}

/** Without `required` where `defaults.yaml` of the folder may give the key; the loader knows, an editor does not. */
function withoutDefaulted({ required: _, ...schema }: JsonSchema): JsonSchema {
  const sections = mapValues(schema.properties, (section) => {
    const { required: __, ...rest } = section;
    return rest;
  });
  return withoutUndefined({ ...schema, properties: sections });
}

function mapValues(
  values: Readonly<Record<string, JsonSchema>> | undefined,
  change: (value: JsonSchema) => JsonSchema,
): Record<string, JsonSchema> | undefined {
  if (values === undefined) return undefined;
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}

function withoutUndefined(schema: Readonly<Record<string, unknown>>): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
}
