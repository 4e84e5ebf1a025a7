import type { ComparedColumn, QueryOutline } from '../model/query.ts';
import type { SqlSyntax } from './sql-tokens.ts';
import { isName, itemsOf, joined, type Word, wordsOf } from './sql-words.ts';

const AGGREGATES = new Set([
  ...['count', 'sum', 'avg', 'min', 'max', 'total', 'stddev', 'variance', 'bit_and', 'bit_or', 'bool_and'],
  ...['bool_or', 'every', 'any_value', 'string_agg', 'array_agg', 'group_concat', 'json_agg', 'jsonb_agg'],
  ...['json_arrayagg', 'percentile_cont', 'percentile_disc', 'mode', 'stddev_pop', 'stddev_samp', 'var_pop'],
]);
const ENDS_SELECT = new Set(['from', 'union', 'intersect', 'except', 'where', 'group', 'order', 'limit']);
const ENDS_GROUPS = new Set([
  ...['having', 'order', 'limit', 'window', 'union', 'intersect', 'except', 'fetch', 'offset', 'for', 'with'],
]);
/** Functions that make a date, or the start of a period, of the time that they are given. */
const DAY_FUNCTIONS = new Set([
  ...['date', 'date_trunc', 'date_format', 'to_char', 'strftime', 'cast', 'convert', 'extract', 'date_part'],
  ...['year', 'quarter', 'month', 'week', 'yearweek', 'to_days', 'last_day', 'left', 'substr', 'substring'],
]);

/** What the text of a query tells of it, by a rough look that knows no more of SQL. Pure. */
export function outlineOf(sql: string, syntax: SqlSyntax): QueryOutline {
  const words = wordsOf(sql, syntax);
  const isGrouped = words.some(({ name }, index) => name === 'group' && words[index + 1]?.name === 'by');
  const selected = selectedItems(words);
  const groups = itemsOf(clause(words, 'group', ENDS_GROUPS).slice(1));
  const outer = selected.some(({ expression }) => hasAggregate(expression));
  return {
    isGrouped,
    isAggregated: isGrouped || hasAggregate(words) || words.some(({ name }) => name === 'distinct'),
    hasDistinctRows: (outer && groups.length === 0) || isDistinct(words),
    aggregates: selected.flatMap(({ name, expression }) => (name && hasAggregate(expression) ? [name] : [])),
    groupedButNotSelected: groups.filter((group) => !isSelected(group, selected)).map(joined),
    datedTime: datedTime(words),
    boundedTime: boundedTime(words),
    compared: comparedColumns(words),
    literals: words.flatMap(({ text }) => (text.startsWith("'") ? [text.slice(1, -1)] : [])),
    parameters: [...new Set(words.flatMap(({ text }) => (/^:\w/.test(text) ? [text.slice(1)] : [])))],
  };
}

/** What follows a keyword outside of all parentheses, up to the next clause. */
function clause(words: readonly Word[], keyword: string, ends: ReadonlySet<string>): Word[] {
  const start = words.findIndex(({ name, depth }) => depth === 0 && name === keyword);
  if (start === -1) return [];
  const rest = words.slice(start + 1);
  const end = rest.findIndex(({ name, depth, isQuoted }) => depth === 0 && !isQuoted && ends.has(name));
  return end === -1 ? rest : rest.slice(0, end);
}

function isDistinct(words: readonly Word[]): boolean {
  const [first, second] = clause(words, 'select', ENDS_SELECT);
  return first?.name === 'distinct' && second?.name !== 'on';
}

export interface SelectItem {
  /** Of the column; empty where only the database knows it. */
  readonly name: string;
  readonly expression: readonly Word[];
}

/** What the outermost SELECT, or the first of several, gives as columns. */
export const selectedItems = (words: readonly Word[]): SelectItem[] =>
  itemsOf(clause(words, 'select', ENDS_SELECT)).map(selectItem);

function selectItem(item: readonly Word[]): SelectItem {
  const words = item[0]?.name === 'distinct' ? item.slice(1) : item;
  const [last, before, ...rest] = words.toReversed();
  if (last === undefined || !isName(last)) return { name: '', expression: words };
  if (before === undefined || before.text === '.') return { name: last.name, expression: words };
  if (before.name === 'as') return { name: last.name, expression: rest.toReversed() };
  const isAlias = isName(before) || before.isQuoted || /[)\w]$/.test(before.text);
  return isAlias ? { name: last.name, expression: words.slice(0, -1) } : { name: '', expression: words };
}

const hasAggregate = (words: readonly Word[]): boolean =>
  words.some(({ name }, index) => AGGREGATES.has(name) && words[index + 1]?.text === '(');

/** By its number, by the name of a column that is not made of another one of that name, or as the same expression. */
function isSelected(group: readonly Word[], selected: readonly SelectItem[]): boolean {
  const [first] = group;
  if (group.length === 1 && first !== undefined && /^\d+$/.test(first.text)) return true;
  const text = plain(group);
  return selected.some(({ name, expression }) => {
    const same = plain(expression) === text;
    const isHidden = expression.length > 1 && !same && expression.some((word) => word.name === text);
    return same || (name === text && !isHidden) || plain(expression) === '*';
  });
}

/** Without the names of tables, blanks and quotes. */
const plain = (words: readonly Word[]): string =>
  words
    .filter((word, index) => word.text !== '.' && words[index + 1]?.text !== '.')
    .map(({ name }) => name)
    .join('')
    .replace(/^\((.*)\)$/, '$1');

/** The column of which the query makes dates, or starts of periods, by the clock of the database or of UTC. */
function datedTime(words: readonly Word[]): string | undefined {
  for (const [index, word] of words.entries()) {
    if (word.text === '::' && words[index + 1]?.name === 'date') {
      const column = columnBefore(words.slice(0, index));
      if (column !== undefined) return column;
    }
    if (!DAY_FUNCTIONS.has(word.name) || word.isQuoted || words[index + 1]?.text !== '(') continue;
    const column = argumentOf(words.slice(index + 2), word);
    if (column !== undefined) return column;
  }
  return undefined;
}

/** The column that is compared with `:from`. */
function boundedTime(words: readonly Word[]): string | undefined {
  const from = words.findIndex(({ text }) => text === ':from');
  if (from === -1) return undefined;
  const operand = operandBefore(words.slice(0, from));
  return operand && columnBefore(operand);
}

/** What stands before the operator with which the words end, and all before it; undefined: they end with none. */
function operandBefore(words: readonly Word[]): readonly Word[] | undefined {
  const end = words.findLastIndex(({ text, name }) => !/^[<>=]$/.test(text) && name !== 'between') + 1;
  return end === 0 || end === words.length ? undefined : words.slice(0, end);
}

function comparedColumns(words: readonly Word[]): ComparedColumn[] {
  const compared = words.flatMap(({ text }, index) => {
    const operand = /^:\w/.test(text) ? operandBefore(words.slice(0, index)) : undefined;
    const isCast = operand?.at(-2)?.text === '::';
    const column = operand && columnBefore(isCast ? operand.slice(0, -2) : operand);
    if (operand === undefined || column === undefined) return [];
    const isComputed = isCast || ARITHMETIC.test(operand[nameStart(operand) - 1]?.text ?? '');
    return [{ column, isPlain: operand.at(-1)?.text !== ')' && !isComputed }];
  });
  return [...new Map(compared.map((each) => [each.column, each])).values()];
}

const ARITHMETIC = /^[-+*/%|]+$/;

function columnBefore(words: readonly Word[]): string | undefined {
  const last = words.at(-1);
  if (last?.text !== ')') return columnOf(words.slice(nameStart(words)));
  const opening = words.findLastIndex(({ text, depth }) => text === '(' && depth === last.depth);
  return columnOf(words.slice(opening + 1, -1));
}

function nameStart(words: readonly Word[]): number {
  let start = words.length - 1;
  while (words[start - 1]?.text === '.') start -= 2;
  return Math.max(start, 0);
}

/** The one argument that is a column; `cast` counts only when it makes a date. */
function argumentOf(words: readonly Word[], { name, depth }: Word): string | undefined {
  const end = words.findIndex((word) => word.text === ')' && word.depth === depth);
  const inside = words.slice(0, end === -1 ? words.length : end);
  if (name === 'cast' && inside.at(-1)?.name !== 'date') return undefined;
  const cut = inside.findIndex((word) => word.depth === depth + 1 && word.name === 'as');
  const parts = itemsOf(cut === -1 ? inside : inside.slice(0, cut));
  const from = parts[0]?.findIndex((word) => word.name === 'from') ?? -1;
  if (from > 0) return columnOf(parts[0]?.slice(from + 1) ?? []);
  return parts.map(columnOf).find((column) => column !== undefined);
}

/** A column's name as it stands, with a zone only if that is UTC. */
function columnOf(words: readonly Word[]): string | undefined {
  const zone = words.findIndex(({ name }, index) => name === 'at' && words[index + 1]?.name === 'time');
  const named = zone === -1 ? words : words.slice(0, zone);
  if (zone !== -1 && joined(words.slice(zone)).toLowerCase() !== "at time zone 'utc'") return undefined;
  const isColumn =
    named.length % 2 === 1 &&
    named.every((word, index) => (index % 2 === 0 ? isName(word) : word.text === '.'));
  return isColumn ? joined(named) : undefined;
}
