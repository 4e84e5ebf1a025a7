/** What differs between the databases in the SQL of a read. */
export interface ReadSql {
  /** How the SQL names its parameter number `index`, from 1. */
  parameter(index: number): string;
  /** The parameter for a number written as in JSON. */
  numberParameter(text: string): { readonly value: unknown; readonly cast: (parameter: string) => string };
  /** A field of the JSON object; `name` is letters, digits and underscores. */
  parts(name: string, bind: (value: string) => string): FieldParts;
  /** A text that is in every record; NULL: in none. */
  textParts(text: string): FieldParts;
  field(parts: FieldParts): FieldSql;
  /** A column that grows in the order in which records first came. */
  readonly position: string;
  /** The date of the Monday on or before the column `timestamp`, as `YYYY-MM-DD`. */
  readonly monday: string;
  /** Equal for equal values: of numbers whatever their spelling. */
  groupKey(field: FieldSql): string;
  /** Each text of a group once, as a JSON array of strings. */
  distinct(text: string): string;
  /** For comparisons by code point. */
  readonly collation: string;
  /**
   * Ends a subquery that must not become one with the query around it, which would compute everything anew at each
   * mention.
   */
  readonly apart: string;
  /**
   * A condition that is always true, and ends a statement that is not wanted any more; empty where the database can
   * be told to.
   */
  readonly stillWanted: string;
  /** Counts the records of a group, and ends the statement likewise. */
  readonly countAll: string;
}

/** What the database's functions say of a field; where much is asked of it, columns of a subquery that hold it. */
export interface FieldParts {
  /** The value as JSON; NULL when the record lacks the field. */
  readonly json: string;
  /** The value without quotation marks; NULL when it is null or missing. */
  readonly value: string;
  /** The database's name of the value's type. */
  readonly type: string;
}

/** SQL expressions for one field of a record, made of its parts. */
export interface FieldSql {
  /** The value as JSON; NULL when the record lacks the field. */
  readonly json: string;
  /** The value as text, a string without its quotation marks; NULL when it is null or missing. */
  readonly text: string;
  readonly isString: string;
  readonly isNumber: string;
  readonly isBoolean: string;
  /** The value of a number, for comparisons. Only to be asked of one. */
  readonly number: string;
  /** The value when it is an integer of 64 bits, else NULL. */
  readonly integer: string;
  /** The value when it is another number, else NULL. */
  readonly fraction: string;
}
