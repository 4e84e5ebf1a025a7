import type { ClientBase } from 'pg';
import type { Statement, Values, Work } from '../work.ts';

/** Unnamed, because behind a pooler the next transaction may have another session. */
export async function carryOut<Result>(client: ClientBase, work: Work<Result>): Promise<Result> {
  let step = work.next();
  while (step.done !== true) {
    const { rows, rowCount } = await client.query(numbered(step.value));
    step = work.next({ rows, changes: rowCount ?? 0 });
  }
  return step.value;
}

const known = new Map<string, { readonly text: string; readonly names: readonly string[] }>();

/** With its parameters as PostgreSQL counts them. */
function numbered({ sql, values }: Statement) {
  let statement = known.get(sql);
  if (statement === undefined) {
    const names = [...new Set([...sql.matchAll(/@(\w+)/g)].map(([, name = '']) => name))];
    const text = sql.replace(/@(\w+)/g, (_, name: string) => `$${names.indexOf(name) + 1}`);
    statement = { text, names };
    known.set(sql, statement);
  }
  return { text: statement.text, values: statement.names.map((name) => bound(values[name])) };
}

/** PostgreSQL keeps no zero character in texts, which SQLite sources may hold. */
function bound(value: Values[string] | undefined): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '\uFFFD');
  return Array.isArray(value) ? value.map(bound) : value;
}
