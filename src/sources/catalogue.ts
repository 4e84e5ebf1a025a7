import type { ColumnKind } from '../model/row.ts';

/** How a first query of a table is found and written: what a kind of database is asked, and what its SQL looks like. */
export interface CatalogueRules {
  /** Lists what can be read: `schema`, `name`, and `is_known`, whether the name does alone, as 1 or 0; those first. */
  readonly tables: string;
  /** Lists by `name` the columns of the table `:name` in `:schema` that are never null. */
  readonly requiredColumns: string;
  /** A name as SQL takes it, in quotes where it needs them. */
  quoted(name: string): string;
  /** A column that groups rows, with 'none' in place of a null. */
  withoutNulls(column: string, type: string): string;
  /** A text that tells a time in any spelling, so that it can be compared; left out: types tell times. */
  comparable?(column: string): string;
  /** The date of a time in the zone of the job, which `:timezone` names; undefined where SQL cannot tell it. */
  localDate(column: string, kind: ColumnKind, zones: Zones): string | undefined;
}

export interface Zones {
  /** In which the times of the database are meant that carry none. */
  readonly database: string;
  /** By whose days the job counts. */
  readonly job: string;
}

/** Quotes a name where it is no plain one or a word that some database takes for its own. */
export const quotedUnless = (plain: RegExp, name: string, quote: string): string =>
  plain.test(name) && !RESERVED.has(name.toLowerCase())
    ? name
    : `${quote}${name.replaceAll(quote, quote + quote)}${quote}`;

/** Of the databases together: quotes too many do no harm. */
const RESERVED = new Set(
  `abort accessible action add all alter always analyse analyze and any array as asc asymmetric authorization before
  begin between binary both by call cascade case cast change character check collate collation column commit
  concurrently condition conflict constraint continue convert create cross cube cume_dist current current_catalog
  current_date current_role current_schema current_time current_timestamp current_user cursor database databases
  declare default deferrable deferred delayed delete dense_rank desc describe detach deterministic distinct
  distinctrow div do drop dual each else elseif empty enclosed end escape escaped except exclude exclusive exists exit
  explain fail false fetch filter first_value float for force foreign freeze from full fulltext function generated
  glob grant group grouping groups having high_priority if ignore ilike immediate in index indexed infile initially
  inner inout insensitive insert instead int integer intersect interval into is isnull iterate join json_table key
  keys kill lag last_value lateral lead leading leave left like limit linear lines load localtime localtimestamp lock
  long loop low_priority manual match materialized maxvalue mod modifies natural no not nothing notnull nth_value
  ntile null nulls of off offset offsets on only optimize option optionally or order others out outer outfile over
  overlaps partition percent_rank period placing plan portion pragma precision preceding primary procedure purge query
  raise range rank read reads recursive references regexp reindex release rename repeat replace require resignal
  restrict return returning revoke right rlike rollback row row_number rows savepoint schema schemas select sensitive
  separator session_user set show signal similar some spatial specific sql starting stored straight_join symmetric
  system system_user table tablesample temp temporary terminated then ties to trailing transaction trigger true
  unbounded undo union unique unlock unsigned update usage user using utc_date utc_time utc_timestamp vacuum values
  variadic varying verbose view virtual when where while window with within without write xor zerofill`.split(
    /\s+/,
  ),
);
