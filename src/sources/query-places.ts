import type { Query, QuotedPlace } from '../model/query.ts';
import type { SqlToken } from './sql-tokens.ts';

/** Says where in a query something is: in its file, where that is known, or by lines and columns of the query. */
export class QueryPlaces {
  readonly #query: Query;
  readonly #tokens: () => readonly SqlToken[];

  /** @param tokens those of the query, which are needed when something is wrong only */
  constructor(query: Query, tokens: () => Iterable<SqlToken>) {
    this.#query = query;
    this.#tokens = () => Array.from(tokens()).filter(({ kind }) => kind !== 'blank' && kind !== 'comment');
  }

  /** The place of the word that begins at an offset, with what qualifies it. */
  at(offset: number): QuotedPlace {
    const { sql, written } = this.#query;
    const tokens = this.#tokens();
    let last = tokens.findIndex(({ start, end }) => start <= offset && offset < end);
    while (last >= 0 && this.#isDot(tokens[last + 1]) && tokens[last + 2] !== undefined) last += 2;
    const quoted = written?.quote(offset, tokens[last]?.end ?? offset);
    if (quoted !== undefined) return { ...quoted, place: `at ${quoted.place}` };
    const lines = sql.slice(0, offset).split('\n');
    const place = `at line ${lines.length}, column ${[...(lines.at(-1) ?? '')].length + 1} of the query`;
    return { place: written === undefined ? place : `${place}, ${written.place}`, excerpt: [] };
  }

  /**
   * The place of a name that comes once, without its schema where the query leaves that out; else that of the query as a
   * whole, which is undefined where its file is not known.
   */
  of(name: string): QuotedPlace | undefined {
    const [, unqualified = ''] = /\.([^.]+)$/.exec(name) ?? [];
    const offset = this.#only(name) ?? this.#only(unqualified);
    if (offset !== undefined) return this.at(offset);
    const { written } = this.#query;
    return written && { place: `in the query at ${written.place}`, excerpt: [] };
  }

  #only(name: string): number | undefined {
    if (name === '') return undefined;
    const tokens = this.#tokens();
    const starts = tokens.flatMap(({ start }, index) => {
      if (this.#isDot(tokens[index - 1])) return [];
      let text = '';
      for (let next = index; text.length < name.length && next < tokens.length; next++)
        text += this.#textOf(tokens[next]);
      return same(text, name) ? [start] : [];
    });
    return starts.length === 1 ? starts[0] : undefined;
  }

  #textOf(token: SqlToken | undefined): string {
    if (token === undefined) return '';
    const text = this.#query.sql.slice(token.start, token.end);
    return token.kind === 'quoted' ? text.replace(/^[`"[](.*)[`"\]]$/s, '$1') : text;
  }

  #isDot(token: SqlToken | undefined): boolean {
    return token !== undefined && this.#textOf(token) === '.';
  }
}

const same = (text: string, name: string): boolean => text.toLowerCase() === name.toLowerCase();
