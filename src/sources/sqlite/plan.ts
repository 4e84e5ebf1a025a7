import type { Query } from '../../model/query.ts';
import {
  type Answer,
  type Ask,
  asking,
  indexesOf,
  type PlanReader,
  type ScannedTable,
} from '../execution-plan.ts';
import { tablesCalled } from '../tables-called.ts';
import { CATALOGUE } from './catalogue.ts';
import { SYNTAX } from './tokens.ts';

/** It tells neither how many rows there are nor how long it will take. */
export const readPlan: PlanReader = async (query, ask) => ({
  rows: undefined,
  isQuick: undefined,
  scans: (least) => scansOf(query, least, ask),
});

/** A table, as the query calls it, that is read as a whole, at once or to make an index for this query. */
const WHOLE = /^(?:SCAN (.+?)(?: LEFT-JOIN)?|SEARCH (.+) USING AUTOMATIC .*)$/;
const BY_INDEX = / USING (?:COVERING )?INDEX | VIRTUAL TABLE /;

async function scansOf(query: Query, least: number, ask: Ask): Promise<ScannedTable[]> {
  const steps = await ask(asking('explain query plan', query));
  const called = steps.flatMap(({ detail }) => {
    const [, scanned, searched] = BY_INDEX.test(String(detail)) ? [] : (WHOLE.exec(String(detail)) ?? []);
    return scanned ?? searched ?? [];
  });
  if (called.length === 0) return [];
  const schema = await ask({ sql: SCHEMA, parameters: {} });
  const names = new Set(called.flatMap((each) => tableNamed(each, query, schema) ?? []));
  const scans: ScannedTable[] = [];
  for (const name of names) {
    const rows = await countOf(name, schema, ask);
    if (rows >= least) scans.push(await scanOf(name, rows, ask));
  }
  return scans;
}

const SCHEMA = "select type, name, sql from sqlite_schema where type in ('table', 'view')";

/** What a plan calls a table may be another name for it, in the query or in a view that the query reads. */
function tableNamed(called: string, { sql }: Query, schema: readonly Answer[]): string | undefined {
  const known = new Map(
    schema.flatMap(({ type, name }) =>
      type === 'table' ? [[String(name).toLowerCase(), String(name)]] : [],
    ),
  );
  const views = schema.flatMap((each) => (each.type === 'view' ? String(each.sql) : []));
  const inTexts = (texts: readonly string[]) =>
    texts.flatMap((text) => tablesCalled(called, text, SYNTAX).map(({ name }) => name));
  return [...inTexts([sql]), called, ...inTexts(views)]
    .map((name) => known.get(name.toLowerCase()))
    .find((name) => name !== undefined);
}

/** As ANALYZE counted the rows, or as many as their numbers leave room for: neither looks at them. */
async function countOf(name: string, schema: readonly Answer[], ask: Ask): Promise<number> {
  const table = CATALOGUE.quoted(name);
  const parameters = { name: { kind: 'text', text: name } } as const;
  if (schema.some((each) => each.name === 'sqlite_stat1')) {
    const sql = 'select max(cast(stat as integer)) as row_count from sqlite_stat1 where tbl = :name';
    const [counted] = await ask({ sql, parameters });
    if (counted?.row_count !== null) return Number(counted?.row_count);
  }
  const sql = `select (select max(rowid) from ${table}) - (select min(rowid) from ${table}) + 1 as row_count`;
  // A table without row numbers refuses the question.
  const [spanned] = await ask({ sql, parameters: {} }).catch(() => []);
  return Number(spanned?.row_count ?? 0);
}

async function scanOf(name: string, rows: number, ask: Ask): Promise<ScannedTable> {
  const parameters = { name: { kind: 'text', text: name } } as const;
  const columns = await ask({ sql: 'select name, type, pk from pragma_table_info(:name)', parameters });
  const indexed = await ask({ sql: INDEXES, parameters });
  const keys = columns.filter(({ type, pk }) => Number(pk) === 1 && /^integer$/i.test(String(type)));
  return {
    table: CATALOGUE.quoted(name),
    name,
    rows,
    columns: columns.map((each) => String(each.name)),
    indexes: [...keys.map((key) => [String(key.name)]), ...indexesOf(indexed)],
  };
}

const INDEXES = `
  select i.name as index_name, c.name as name
  from pragma_index_list(:name) as i join pragma_index_info(i.name) as c
  where not i.partial order by i.name, c.seqno`;
