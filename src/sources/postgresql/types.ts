import type { Column, ColumnKind } from '../../model/row.ts';
import type { DescribedField, PostgresqlClient } from './exchange.ts';

/** What pg_type says about a type. The server tells the columns of a domain as columns of the type under it. */
interface TypeFacts {
  readonly oid: string;
  /** As the database prints it, e.g. `timestamp with time zone`. */
  readonly type: string;
  readonly typname: string;
  /** `b` base, `c` composite, `e` enum, `p` pseudo, `r` range, `m` multirange. */
  readonly typtype: string;
  /** `A` array. */
  readonly typcategory: string;
  /** What one unit of money looks like in this database. */
  readonly unit_of_money: string;
}

const LOOK_UP = `
  select oid::text, pg_catalog.format_type(oid, null) as type, typname, typtype::text, typcategory::text,
    case typname when 'money' then 1::pg_catalog.money::text else '' end as unit_of_money
  from pg_catalog.pg_type where oid = any($1::pg_catalog.oid[])`;

const KINDS: Readonly<Record<string, ColumnKind>> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  oid: 'integer',
  xid8: 'integer',
  numeric: 'decimal',
  money: 'decimal',
  float4: 'float',
  float8: 'float',
  bool: 'boolean',
  bpchar: 'padded-text',
  date: 'date',
  timestamp: 'local-datetime',
  timestamptz: 'instant',
  ...Object.fromEntries(
    [
      ...[
        'text',
        'varchar',
        'char',
        'name',
        'citext',
        'unknown',
        'uuid',
        'xml',
        'time',
        'timetz',
        'interval',
      ],
      ...['inet', 'cidr', 'macaddr', 'macaddr8', 'regclass', 'regtype', 'regrole', 'regnamespace', 'pg_lsn'],
    ].map((name) => [name, 'text' as const]),
  ),
};

/** A column, and what turns its text into the text of its kind where they differ. */
export interface PostgresqlColumn {
  readonly column: Column;
  readonly convert?: (text: string) => string;
}

/** The columns of a prepared statement, by what the database's catalogue says about their types. */
export async function describeColumns(
  client: PostgresqlClient,
  fields: readonly DescribedField[],
): Promise<readonly PostgresqlColumn[]> {
  const oids = [...new Set(fields.map((field) => field.dataTypeID))];
  const { rows } = await client.query(LOOK_UP, [oids]);
  const facts = new Map((rows as unknown as TypeFacts[]).map((row) => [Number(row.oid), row]));
  return fields.map((field) => describeColumn(field, facts.get(field.dataTypeID)));
}

function describeColumn(field: DescribedField, facts: TypeFacts | undefined): PostgresqlColumn {
  const { name } = field;
  const type = facts?.type ?? 'unknown';
  const kind = facts === undefined ? 'unsupported' : kindOf(facts, field.dataTypeModifier);
  if (kind === 'unsupported') {
    return { column: { name, type, kind, remedy: remedyFor(name, facts) } };
  }
  const column = { name, type, kind };
  return facts?.typname === 'money' ? { column, convert: moneyReader(facts.unit_of_money) } : { column };
}

function kindOf(facts: TypeFacts, modifier: number): ColumnKind {
  if (facts.typtype === 'e') return 'text';
  if (facts.typname === 'bit' && modifier === 1) return 'boolean';
  return (Object.hasOwn(KINDS, facts.typname) ? KINDS[facts.typname] : undefined) ?? 'unsupported';
}

function remedyFor(name: string, facts: TypeFacts | undefined): string {
  const column = /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
  if (facts?.typcategory === 'A')
    return `Select it as text, e.g. array_to_string(${column}, ','), or one element.`;
  switch (facts?.typname) {
    case 'json':
    case 'jsonb':
      return `Select a value of it, e.g. ${column}->>'key', or ${column}::text.`;
    case 'hstore':
      return `Select a value of it, e.g. ${column}->'key'.`;
    case 'bytea':
      return `Select it as text, e.g. encode(${column}, 'hex').`;
    case 'geometry':
    case 'geography':
      return `Select it as text, e.g. ST_AsText(${column}).`;
    default:
      return facts?.typtype === 'c'
        ? `Select its parts, e.g. (${column}).part, or ${column}::text.`
        : `Select it as text: ${column}::text.`;
  }
}

/**
 * Money is printed as the server's locale has it: `$1,234.50`, `1.234,50 €`, `($2.00)`. Its digits are those of a
 * decimal.
 */
export function moneyReader(unit: string): (text: string) => string {
  const digitsAfterPoint = unit.replace(/\D/g, '').length - 1;
  return (text) => {
    const digits = text.replace(/\D/g, '').padStart(digitsAfterPoint + 1, '0');
    const whole = digits.slice(0, digits.length - digitsAfterPoint);
    const fraction = digits.slice(digits.length - digitsAfterPoint);
    const sign = /[-(]/.test(text) ? '-' : '';
    return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
  };
}
