import { type Ask, asking, type PlanReader, type ScannedTable } from '../execution-plan.ts';

/** In the planner's units, of which ten million rows read from the disk are about as many. */
const GREATEST_COST = 200_000;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Plan Rows': number;
  readonly 'Total Cost': number;
  readonly Plans?: readonly PlanNode[];
  readonly Schema?: string;
  readonly 'Relation Name'?: string;
}

/** What the planner expects of the whole query, its LIMIT included. */
export const readPlan: PlanReader = async (query, ask) => {
  // Only the verbose plan tells schemas.
  const [row] = await ask(asking('explain (verbose, format json)', query));
  const [{ Plan: top }] = JSON.parse(String(row?.['query plan'])) as [{ readonly Plan: PlanNode }];
  return {
    rows: top['Plan Rows'],
    isQuick: top['Total Cost'] <= GREATEST_COST,
    scans: (least) => scansOf(top, least, ask),
  };
};

async function scansOf(top: PlanNode, least: number, ask: Ask): Promise<ScannedTable[]> {
  const scanned = wholeScans(top).map((node) => ({ schema: node.Schema, name: node['Relation Name'] }));
  if (scanned.length === 0) return [];
  const text = JSON.stringify(scanned);
  const tables = await ask({ sql: TABLES, parameters: { scanned: { kind: 'text', text } } });
  return tables
    .map((table) => ({
      table: String(table.shown),
      name: String(table.name),
      rows: Number(table.row_count),
      columns: JSON.parse(String(table.column_names)),
      indexes: JSON.parse(String(table.index_columns)),
    }))
    .filter(({ rows }) => rows >= least);
}

/** A LIMIT that costs less than a scan below it ends it early. */
function wholeScans(node: PlanNode, limit = Number.POSITIVE_INFINITY): PlanNode[] {
  const cost = node['Total Cost'];
  const isScan = node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== undefined && cost <= limit;
  const lower = node['Node Type'] === 'Limit' ? Math.min(cost, limit) : limit;
  return [...(isScan ? [node] : []), ...(node.Plans ?? []).flatMap((each) => wholeScans(each, lower))];
}

/**
 * The tables to which what is scanned belongs, as partitions or themselves. Rows as the planner counts them: as dense as
 * when they were last counted, in the file as it is now; of 100 bytes each where nobody has counted them.
 */
const TABLES = `
  with scanned as (
    select distinct c.oid, coalesce(pg_catalog.pg_partition_root(c.oid), c.oid) as root,
      case when c.relpages > 0 and c.reltuples >= 0
        then c.reltuples / c.relpages * (pg_catalog.pg_relation_size(c.oid)
          / pg_catalog.current_setting('block_size')::int)
        else pg_catalog.pg_relation_size(c.oid) / 100 end as row_count
    from pg_catalog.json_to_recordset(cast(:scanned as json)) as s (schema text, name text)
      join pg_catalog.pg_namespace n on n.nspname = s.schema
      join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = s.name
  ), counted as (select root, sum(row_count) as row_count from scanned group by root)
  select root::regclass::text as shown, c.relname::text as name, round(row_count::numeric)::text as row_count,
    (select json_agg(attname order by attnum)::text from pg_catalog.pg_attribute
      where attrelid = root and attnum > 0 and not attisdropped) as column_names,
    (select coalesce(json_agg((
        select json_agg(a.attname order by k.place)
        from unnest(i.indkey::int2[]) with ordinality as k (attnum, place)
          join pg_catalog.pg_attribute a on a.attrelid = root and a.attnum = k.attnum
      )), '[]')::text
      from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid
        join pg_catalog.pg_am m on m.oid = x.relam
      where i.indrelid = root and i.indisvalid and i.indexprs is null and i.indpred is null
        and m.amname in ('btree', 'brin')) as index_columns
  from counted join pg_catalog.pg_class c on c.oid = root
  order by 1`;
