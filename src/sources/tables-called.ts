import type { SqlSyntax } from './sql-tokens.ts';
import { isName, type Word, wordsOf } from './sql-words.ts';

export interface TableName {
  /** Undefined: the query leaves it out. */
  readonly schema: string | undefined;
  readonly name: string;
}

const BEFORE_TABLES = new Set(['from', 'join', 'straight_join', ',', '(']);

/**
 * Tables that a query may call by another name, which is how plans call them: a rough look, which may take for a table
 * what is none.
 */
export function tablesCalled(alias: string, sql: string, syntax: SqlSyntax): TableName[] {
  const words = wordsOf(sql, syntax);
  return words.flatMap((word, index) => {
    if (word.name !== alias.toLowerCase()) return [];
    const end = words[index - 1]?.name === 'as' ? index - 2 : index - 1;
    const isQualified = words[end - 1]?.text === '.';
    const start = isQualified ? end - 2 : end;
    const [table, schema] = [words[end], words[start]];
    if (table === undefined || !isName(table) || !BEFORE_TABLES.has(words[start - 1]?.name ?? '')) return [];
    return [{ schema: isQualified && schema ? textOf(schema) : undefined, name: textOf(table) }];
  });
}

const textOf = ({ text, isQuoted }: Word): string => (isQuoted ? text.slice(1, -1) : text);
