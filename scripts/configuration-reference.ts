import { completeSchemaOf, type JsonSchema } from '../src/config/schema/json-schema.ts';
import { MODES } from '../src/model/mode.ts';

interface Row {
  readonly key: string;
  readonly value: string;
  readonly byDefault: string;
  readonly meaning: string;
}

/** The text of docs/configuration.md with its tables made anew, each between the two comments that mark it. */
export function withReferences(text: string): string {
  return (['config', 'job', 'write-api', 'dashboard'] as const).reduce((current, kind) => {
    const [begin, end] = [`<!-- ${kind}: made by npm run generate -->`, `<!-- end of ${kind} -->`];
    const [before = '', rest = ''] = current.split(begin);
    const [, after = ''] = rest.split(end);
    return `${before}${begin}\n\n${referenceOf(completeSchemaOf(kind))}\n\n${end}${after}`;
  }, text);
}

/** A Markdown table of all keys of a file: what each may hold, its default, what it means. */
function referenceOf(schema: JsonSchema): string {
  const rows = rowsBelow(schema, '')
    .filter(({ key }) => !key.startsWith(REPEATED))
    .map(({ key, value, byDefault, meaning }) => `| \`${key}\` | ${value} | ${byDefault} | ${meaning} |`);
  return ['| key | value | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

/** Modules of a section have the keys of modules. */
const REPEATED = 'modules[].modules[].';

/** Of these keys each file has one: rules between keys, which a schema of single keys does not tell. */
const EITHER: readonly (readonly string[])[] = [
  MODES,
  ['query', 'query_file'],
  ['databases.NAME.connection.host', 'databases.NAME.connection.filename'],
  ['data_sets[].token', 'data_sets[].token_sha256'],
  ['modules[].measure', 'modules[].type'],
];

const oneOf = (keys: readonly string[]): string =>
  `one of ${keys.map((key) => `\`${lastOf(key)}\``).join(', ')}`;

const lastOf = (key: string): string => key.split('.').at(-1)?.replace('[]', '') ?? key;

/** @param isSure whether what the keys stand in is always there, as a mapping */
function rowsBelow(schema: JsonSchema, path: string, isSure = true): Row[] {
  const mappings = alternatives(schema).filter(({ properties }) => properties !== undefined);
  const oneOfEach = mappings.flatMap(({ required = [] }) => required);
  const rows = alternatives(schema).flatMap((alternative) => {
    const { properties = {}, required = [], additionalProperties, items } = alternative;
    const named = Object.entries(properties).flatMap(([name, child]) => {
      const key = path === '' ? name : `${path}.${name}`;
      const isRequired = required.includes(name);
      const here = isSure ? 'required' : `required in \`${lastOf(path)}\``;
      const needed = mappings.length > 1 ? oneOf(oneOfEach) : here;
      return rowsOf(withDefault(child, schema, name), key, isRequired ? needed : '', isSure && isRequired);
    });
    const free =
      typeof additionalProperties === 'object' ? rowsBelow(additionalProperties, `${path}.NAME`, isSure) : [];
    const listed = items === undefined ? [] : rowsBelow(items, `${path}[]`, isSure);
    return [...named, ...free, ...listed];
  });
  // What several alternatives have is told once.
  return [...new Map(rows.map((row) => [`${row.key} ${row.meaning}`, row])).values()];
}

/** With the default that the mapping around it gives, where it gives one. */
function withDefault(schema: JsonSchema, { default: around }: JsonSchema, name: string): JsonSchema {
  const given = isMapping(around) ? Reflect.get(around, name) : undefined;
  return given === undefined ? schema : { ...schema, default: given };
}

function rowsOf(schema: JsonSchema, key: string, needed: string, isSure: boolean): Row[] {
  const kinds = [...new Set(alternatives(schema).map(kindOf))].join(' or ');
  const byDefault =
    schema.default === undefined || isMapping(schema.default) ? '' : `\`${String(schema.default)}\``;
  const either = EITHER.find((keys) => keys.includes(key));
  const need = either === undefined ? needed : oneOf(either);
  const own: Row = {
    key,
    value: kinds,
    byDefault: [need, byDefault].filter((text) => text !== '').join('; '),
    meaning: cell(String(schema.description ?? '')),
  };
  const below = rowsBelow(schema, key, isSure && !kinds.includes(' or '));
  const isPlainMapping = below.length > 0 && kinds === 'mapping' && own.meaning === '';
  return isPlainMapping ? below : [own, ...below];
}

/** What may stand in a place, without the `${…}` that may stand in every place. */
function alternatives(schema: JsonSchema): JsonSchema[] {
  if (schema.anyOf === undefined) return [schema];
  return schema.anyOf
    .filter(({ pattern, const: constant }) => pattern !== '\\$\\{' && constant !== '')
    .flatMap(alternatives);
}

function kindOf(schema: JsonSchema): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  const pattern = String(schema.pattern ?? '');
  if (pattern.includes('ms|s|m|h|d')) return 'duration';
  if (pattern.includes('KiB')) return 'size';
  if (schema.type === 'object') return 'mapping';
  if (schema.type === 'array') return 'list';
  const types = [schema.type ?? 'any'].flat();
  return types.map((type) => (type === 'integer' ? 'whole number' : String(type))).join(', ');
}

const isMapping = (value: unknown): value is object => typeof value === 'object' && value !== null;

const cell = (text: string): string => text.replaceAll('|', '\\|');
