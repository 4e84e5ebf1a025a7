import type { Parameter } from '../model/query.ts';
import { type SqlMode, type SqlSyntax, sqlTokens } from './sql-tokens.ts';

/** A parameter of a statement, with its value as the database takes it. */
export interface BoundParameter {
  readonly name: string;
  readonly kind: Parameter['kind'];
  readonly text: string;
}

/** How a kind of database takes parameters. */
export interface ParameterRules {
  /**
   * An instant by the wall clock of the database's zone, so that it compares with columns that carry no zone.
   *
   * @param date `2014-06-01` @param time `12:30:01`, or with a fraction @param offset milliseconds east of UTC
   */
  instant(date: string, time: string, offset: number): string;
  /** The name of a time zone. */
  zone(name: string): string;
  /**
   * What stands in the statement for a parameter.
   * @param number of the parameter among those of the statement, from 1
   */
  placeholder(parameter: BoundParameter, number: number): string;
  /** Whether placeholders carry neither name nor number, so that a parameter is given as often as it is used. */
  readonly areInOrderOfUse: boolean;
}

/** Whether it is a value of a cursor, whose type only the column knows with which it is compared. */
export const isCursorValue = ({ kind }: BoundParameter): boolean =>
  kind !== 'instant' && kind !== 'date' && kind !== 'zone';

interface NamedParameter {
  readonly name: string;
  /** UTF-16 offset of the colon. */
  readonly offset: number;
}

interface ParsedSql {
  /** Every `:name`, in the order of the text; a name may come more than once. */
  readonly names: readonly NamedParameter[];
  /** Offset of the first word; undefined when there is nothing but blanks and comments. */
  readonly start: number | undefined;
  /** Offset at which a second statement begins; undefined when there is one statement. */
  readonly secondStatement: number | undefined;
}

/** Finds `:name` parameters, leaving alone literals, quoted names, comments, `::`, `:=` and array slices. Pure. */
export function parseNamedParameters(sql: string, syntax: SqlSyntax, mode?: SqlMode): ParsedSql {
  const names: NamedParameter[] = [];
  let start: number | undefined;
  let ended = false;
  let secondStatement: number | undefined;
  for (const token of sqlTokens(sql, syntax, mode)) {
    if (token.kind === 'parameter')
      names.push({ name: sql.slice(token.start + 1, token.end), offset: token.start });
    if (token.kind === 'blank' || token.kind === 'comment') continue;
    if (token.kind === 'separator') ended = start !== undefined;
    else if (ended) secondStatement ??= token.start;
    else start ??= token.start;
  }
  return { names, start, secondStatement };
}

/** SQL with the parameters written as the database takes them. */
interface RenderedSql {
  readonly text: string;
  /** The place in the SQL as written that a UTF-16 offset into `text` stands for. */
  originalOffset(offset: number): number;
}

/** Replaces every parameter by what `placeholder` gives for it. */
export function renderParameters(
  sql: string,
  names: readonly NamedParameter[],
  placeholder: (name: string) => string,
): RenderedSql {
  const pieces: Piece[] = [{ from: 0, to: 0, isPlaceholder: false }];
  let text = '';
  let end = 0;
  for (const { name, offset } of names) {
    text += sql.slice(end, offset);
    // `between:from` must not become one word with its placeholder.
    if (/[\w$\u0080-\uffff]$/.test(text)) text += ' ';
    pieces.push({ from: text.length, to: offset, isPlaceholder: true });
    text += placeholder(name);
    end = offset + name.length + 1;
    pieces.push({ from: text.length, to: end, isPlaceholder: false });
  }
  return { text: text + sql.slice(end), originalOffset: (offset) => originalOffset(offset, pieces) };
}

interface Piece {
  /** Where the piece begins in the rendered text, and in the text as written. */
  readonly from: number;
  readonly to: number;
  readonly isPlaceholder: boolean;
}

function originalOffset(offset: number, pieces: readonly Piece[]): number {
  const piece = pieces.findLast(({ from }) => from <= offset);
  if (piece === undefined) return offset;
  return piece.isPlaceholder ? piece.to : piece.to + offset - piece.from;
}
