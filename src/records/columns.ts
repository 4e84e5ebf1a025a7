import type { Column } from '../model/row.ts';
import { MappingError } from './not-a-record.ts';

/** The columns of a query, found by name. */
export class Columns {
  readonly all: readonly Column[];

  constructor(all: readonly Column[]) {
    this.all = all;
  }

  /** @param asked the key of the job that names the column, for the message */
  find(name: string, asked: string): { readonly column: Column; readonly index: number } {
    const index = this.all.findIndex((column) => column.name === name);
    const column = this.all[index];
    if (column === undefined) {
      throw new MappingError(
        `${asked} names the column ${name}, which the query does not return`,
        `Name one of its columns (${this.all.map((each) => each.name).join(', ')}) or select ${name} in the query.`,
      );
    }
    if (this.all.findLastIndex((each) => each.name === name) !== index) {
      throw new MappingError(
        `${asked} names the column ${name}, which the query returns twice`,
        'Give one of them another name in the query: … AS other_name.',
      );
    }
    return { column, index };
  }
}
