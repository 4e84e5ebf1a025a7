import type { Column } from '../../model/row.ts';
import { selectedItems } from '../query-outline.ts';
import { itemsOf, type Word, wordsOf } from '../sql-words.ts';
import { SYNTAX } from './tokens.ts';

type Computed = NonNullable<Column['computes']>;

/** Functions of SQLite that give nothing but numbers, texts or dates, or null. */
const RESULTS: ReadonlyMap<string, Computed> = new Map([
  ...['count', 'sum', 'total', 'avg', 'abs', 'round', 'length', 'unixepoch', 'julianday'].map(
    (name) => [name, 'number'] as const,
  ),
  ...['lower', 'upper', 'trim', 'ltrim', 'rtrim', 'replace', 'strftime', 'group_concat', 'hex', 'printf'].map(
    (name) => [name, 'text'] as const,
  ),
  ...['date', 'datetime'].map((name) => [name, 'time'] as const),
]);
/** Functions that give one of their arguments. */
const CHOOSING = new Set(['coalesce', 'ifnull', 'min', 'max']);
const CAST_TYPES: ReadonlyMap<string, Computed> = new Map([
  ...['integer', 'int', 'bigint', 'real', 'numeric', 'float', 'double'].map(
    (name) => [name, 'number'] as const,
  ),
  ['text', 'text'] as const,
]);
/** The dates of a window, of which SQLite makes columns, because it knows no zones. */
const DATE_PARAMETER = /^:(?:from|to)_date$/;
const COMPOUNDS = new Set(['union', 'intersect', 'except']);
const ARITHMETIC = /^[-+*/%]$/;
const OPERANDS = /^(?:[\w$\u0080-\uffff]+|[.()])$/;
const KEYWORDS = new Set([
  ...['case', 'and', 'or', 'not', 'is', 'in', 'like', 'glob', 'between', 'collate', 'escape', 'regexp'],
  ...['match', 'isnull', 'notnull', 'exists', 'distinct'],
]);

/**
 * What the columns of a query are that are computed, by their names in lower case: SQLite tells a type of none of them.
 * Only what the query's text leaves no other way.
 */
export function computedColumns(sql: string): ReadonlyMap<string, Computed> {
  const words = wordsOf(sql, SYNTAX);
  // The columns of several queries are what each of them gives.
  if (words.some(({ name, depth }) => depth === 0 && COMPOUNDS.has(name))) return new Map();
  return new Map(
    selectedItems(words).flatMap(({ name, expression }) => {
      const result = name === '' ? undefined : resultOf(expression);
      return result === undefined ? [] : [[name, result] as const];
    }),
  );
}

function resultOf(expression: readonly Word[]): Computed | undefined {
  const [first] = expression;
  if (first === undefined) return undefined;
  if (expression.length === 1) {
    if (DATE_PARAMETER.test(first.text)) return 'time';
    if (first.text.startsWith("'")) return 'text';
    return /^\d+$/.test(first.text) ? 'number' : undefined;
  }
  return resultOfCall(expression) ?? (isArithmetic(expression) ? 'number' : undefined);
}

/** Of a call of one function, with what may stand behind an aggregate. */
function resultOfCall([called, opening, ...rest]: readonly Word[]): Computed | undefined {
  if (called === undefined || called.isQuoted || opening?.text !== '(') return undefined;
  const end = rest.findIndex(({ text, depth }) => text === ')' && depth === opening.depth);
  const [inside, behind] = [rest.slice(0, end), rest.slice(end + 1)];
  const isWhole = behind.every(
    ({ depth, name }) => depth > opening.depth || ['filter', 'over', '(', ')'].includes(name),
  );
  if (end === -1 || !isWhole) return undefined;
  if (called.name === 'cast') return CAST_TYPES.get(inside.at(-1)?.name ?? '');
  if (!CHOOSING.has(called.name)) return RESULTS.get(called.name);
  const [result, ...others] = new Set(itemsOf(inside).map(resultOf));
  return others.length === 0 ? result : undefined;
}

/** Whatever is added, subtracted, multiplied and divided, is a number then, or null. */
function isArithmetic(expression: readonly Word[]): boolean {
  const depth = Math.min(...expression.map((word) => word.depth));
  const outer = expression.filter((word) => word.depth === depth);
  const isOperator = ({ text, isQuoted }: Word) => !isQuoted && ARITHMETIC.test(text);
  return (
    outer.some(isOperator) &&
    outer.every(
      (word) => word.isQuoted || isOperator(word) || (OPERANDS.test(word.text) && !KEYWORDS.has(word.name)),
    )
  );
}
