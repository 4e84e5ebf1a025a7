import type { Query } from '../../model/query.ts';
import { type Ask, asking, indexesOf, type PlanReader, type ScannedTable } from '../execution-plan.ts';
import { type TableName, tablesCalled } from '../tables-called.ts';
import { CATALOGUE } from './catalogue.ts';
import { SYNTAX } from './tokens.ts';

const MOST_ROWS = 5_000_000;

/** MariaDB has a form of its own, MySQL two: blocks with tables, and since 9 a tree of operations. */
interface PlanNode {
  readonly query_plan?: PlanNode;
  /** Of the tree. */
  readonly operation?: string;
  readonly inputs?: readonly PlanNode[];
  readonly estimated_rows?: number;
  readonly schema_name?: string;
  /** In the tree the table itself; in blocks what the query calls it. */
  readonly table_name?: string;
  readonly access_type?: string;
  /** Of MariaDB: rows that are read, and what is left of them, in percent. */
  readonly rows?: number;
  readonly filtered?: number | string;
  /** The same of MySQL. */
  readonly rows_examined_per_scan?: number;
  readonly rows_produced_per_join?: number;
  readonly materialized?: unknown;
  readonly materialized_from_subquery?: unknown;
}

export const readPlan: PlanReader = async (query, ask) => {
  const [row = {}] = await ask(asking('explain format=json', query));
  const plan = JSON.parse(String(Object.values(row)[0])) as PlanNode;
  const top = plan.query_plan ?? plan;
  const tables = [...nodesIn(top)].filter(isTable);
  return {
    rows: top.operation === undefined ? rowsOfBlocks(tables) : rowsOfTree(top),
    isQuick: tables.reduce((sum, table) => sum + rowsRead(table), 0) <= MOST_ROWS,
    scans: async (least) => {
      const whole = tables.filter(({ access_type }) => access_type === 'ALL' || access_type === 'table');
      const large = whole.filter((table) => rowsRead(table) >= least);
      const scans = await Promise.all(large.map((table) => scanOf(table, query, ask)));
      return [...new Map(scans.map((scan) => [scan.table, scan])).values()];
    },
  };
};

function* nodesIn(value: unknown): Generator<PlanNode> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value;
  for (const each of Object.values(value)) yield* nodesIn(each);
}

/** What the database makes for itself on the way is none. */
const isTable = ({ table_name: name, ...node }: PlanNode): boolean =>
  name !== undefined &&
  !name.startsWith('<') &&
  node.inputs === undefined &&
  node.materialized === undefined &&
  node.materialized_from_subquery === undefined;

const rowsRead = ({ rows, rows_examined_per_scan, estimated_rows }: PlanNode): number =>
  rows ?? rows_examined_per_scan ?? estimated_rows ?? 0;

/** Of one table: of several that are joined the blocks do not tell what comes of all together. */
function rowsOfBlocks([table, ...others]: readonly PlanNode[]): number | undefined {
  if (table === undefined || others.length > 0) return undefined;
  return table.rows_produced_per_join ?? Math.round((rowsRead(table) * Number(table.filtered ?? 100)) / 100);
}

/** Some operations make no estimate of their own: then it is that of what they are given. */
function rowsOfTree({ estimated_rows: rows, inputs = [] }: PlanNode): number | undefined {
  if (rows !== undefined) return Math.round(rows);
  const [input, ...others] = inputs;
  return input === undefined || others.length > 0 ? undefined : rowsOfTree(input);
}

async function scanOf(node: PlanNode, query: Query, ask: Ask): Promise<ScannedTable> {
  const called = node.table_name ?? '';
  const rows = rowsRead(node);
  for (const { schema, name } of await namesOf(node, query, ask)) {
    const facts = await ask(factsOf(schema, name));
    const [columns, indexed] = [facts.filter(isColumn), facts.filter((fact) => !isColumn(fact))];
    const [first] = columns;
    if (first === undefined) continue;
    const qualifier = Number(first.is_known) === 1 ? '' : `${CATALOGUE.quoted(String(first.table_schema))}.`;
    const table = `${qualifier}${CATALOGUE.quoted(name)}`;
    return {
      table,
      name,
      rows,
      columns: columns.map((each) => String(each.name)),
      indexes: indexesOf(indexed),
    };
  }
  return { table: called, name: called, rows, columns: [], indexes: [] };
}

const isColumn = ({ index_name }: { readonly index_name?: unknown }): boolean => index_name === '';

/** What a plan calls a table may be another name for it, in the query or in a view that the query reads. */
async function namesOf({ schema_name: schema, table_name = '' }: PlanNode, { sql }: Query, ask: Ask) {
  const itself: TableName = { schema, name: table_name };
  if (schema !== undefined) return [itself];
  const views = await ask({
    sql: 'select view_definition as text from information_schema.views where table_schema = database()',
    parameters: {},
  });
  const others = [sql, ...views.map(({ text }) => String(text))];
  return [
    ...tablesCalled(table_name, sql, SYNTAX),
    itself,
    ...others.flatMap((text) => tablesCalled(table_name, text, SYNTAX)),
  ];
}

function factsOf(schema: string | undefined, name: string): Parameters<Ask>[0] {
  const where = `table_schema = ${schema === undefined ? 'database()' : ':schema'} and table_name = :name`;
  const text = (value: string) => ({ kind: 'text', text: value }) as const;
  return {
    sql: `select '' as index_name, ordinal_position as place, column_name as name, table_schema as table_schema,
        coalesce(table_schema = database(), 0) as is_known
      from information_schema.columns where ${where}
      union all select index_name, seq_in_index, column_name, table_schema, 0
      from information_schema.statistics where ${where} and index_type = 'BTREE'
      order by index_name, place`,
    parameters: { name: text(name), ...(schema === undefined ? {} : { schema: text(schema) }) },
  };
}
