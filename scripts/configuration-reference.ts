import { type JsonSchema, jsonSchemaOf } from '../src/config/schema/json-schema.ts';

interface Row {
  readonly key: string;
  readonly value: string;
  readonly byDefault: string;
  readonly meaning: string;
}

/** The text of docs/configuration.md with its tables made anew, each between the two comments that mark it. */
export function withReferences(text: string): string {
  return (['config', 'job', 'write-api'] as const).reduce((current, kind) => {
    const [begin, end] = [`<!-- ${kind}: made by npm run generate -->`, `<!-- end of ${kind} -->`];
    const [before = '', rest = ''] = current.split(begin);
    const [, after = ''] = rest.split(end);
    return `${before}${begin}\n\n${referenceOf(jsonSchemaOf(kind))}\n\n${end}${after}`;
  }, text);
}

/** A Markdown table of all keys of a file: what each may hold, its default, what it means. */
function referenceOf(schema: JsonSchema): string {
  const rows = rowsBelow(schema, '').map(
    ({ key, value, byDefault, meaning }) => `| \`${key}\` | ${value} | ${byDefault} | ${meaning} |`,
  );
  return ['| key | value | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function rowsBelow(schema: JsonSchema, path: string): Row[] {
  return alternatives(schema).flatMap(({ properties = {}, required = [], additionalProperties, items }) => {
    const named = Object.entries(properties).flatMap(([name, child]) =>
      rowsOf(child, path === '' ? name : `${path}.${name}`, required.includes(name)),
    );
    const free =
      typeof additionalProperties === 'object' ? rowsBelow(additionalProperties, `${path}.NAME`) : [];
    const listed = items === undefined ? [] : rowsBelow(items, `${path}[]`);
    return [...named, ...free, ...listed];
  });
}

function rowsOf(schema: JsonSchema, key: string, isRequired: boolean): Row[] {
  const kinds = [...new Set(alternatives(schema).map(kindOf))].join(' or ');
  const byDefault =
    schema.default === undefined || isMapping(schema.default) ? '' : `\`${String(schema.default)}\``;
  const own: Row = {
    key,
    value: kinds,
    byDefault: isRequired ? 'required' : byDefault,
    meaning: cell(String(schema.description ?? '')),
  };
  const below = rowsBelow(schema, key);
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

const isMapping = (value: unknown): boolean => typeof value === 'object' && value !== null;

const cell = (text: string): string => text.replaceAll('|', '\\|');
