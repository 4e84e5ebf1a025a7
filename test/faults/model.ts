import type { Mode } from '../../src/model/mode.ts';
import type { BadRow, Happening } from './fault-kinds.ts';
import type { EpisodePlan, PlannedWriter } from './plan.ts';
import { Random } from './random.ts';
import type { Session } from './session.ts';
import type { SourceRow } from './source-table.ts';
import type { StateFacts } from './state-file.ts';

/** What is known when the data set is compared with the source. */
export interface Facts {
  readonly rows: readonly SourceRow[];
  readonly state: StateFacts;
  /** The JSON texts of the stored records by `_id`. */
  readonly records: ReadonlyMap<string, string>;
  /** The values of `seq` in every record that was ever sent, or stored to be sent. */
  readonly owed: ReadonlySet<number>;
  /** The last run, the one that succeeded; epoch milliseconds. */
  readonly lastRun: { readonly startedAt: number; readonly endedAt: number };
  readonly firstRunAt: number;
  /** The values of `seq` in records that the write host refused for a while. */
  readonly refusedForAWhile: ReadonlySet<number>;
  /** Milliseconds by which the clock of any run was ahead at most. */
  readonly aheadBy: number;
  /** Whether the clock of any run was behind. */
  readonly wasBehind: boolean;
}

/** What differs from what should be, a line for each; empty: nothing. */
export type Differences = readonly string[];

/**
 * What one mode collects, and how its data set has to look: worked out from the source, with none of the program's
 * code.
 */
export interface Model {
  /** The job file, but for the database and the data set. */
  readonly job: string;
  initialRows(random: Random): readonly SourceRow[];
  /** Writes as planned, in a transaction that the caller began and will commit. Gives what it did. */
  write(plan: PlannedWriter, session: Session): Promise<Written>;
  /** Whether two transactions at a time would be in each other's way. */
  readonly oneWriterAtATime: boolean;
  /** Milliseconds to wait after the last commit until everything may be collected. */
  readonly settling: number;
  /** What must hold between two runs, whatever has happened. */
  standing(facts: Omit<Facts, 'lastRun'>): Differences;
  /** The days, `YYYY-MM-DD`, that no run collects again by itself, though the program says that one has to. */
  leftToPeople?(facts: Omit<Facts, 'lastRun'>): readonly string[];
  /** What must hold in the end. */
  final(facts: Facts): Differences;
}

export interface Written {
  readonly events: readonly Happening[];
  /** The database's clock as it is in the rows that must be committed within the lag, and their `seq`. */
  readonly stamped: { readonly moment: string; readonly seqs: readonly number[] } | undefined;
}

export interface ModelContext {
  readonly plan: EpisodePlan;
  /** A `seq` that no row has. */
  nextSeq(): number;
  /** The values of `seq` in records that the write host refused for a while. */
  refusedForAWhile(): ReadonlySet<number>;
  /** Rows with which nothing may be done any more, because another writer does. */
  readonly taken: Set<number>;
}

export type ModelOf = Readonly<Record<Mode, (context: ModelContext) => Model>>;

/** Spoils some rows, as planned. */
export function withBadRows(
  rows: readonly SourceRow[],
  kinds: readonly BadRow[],
  random: Random,
  spoil: (row: SourceRow, kind: BadRow) => SourceRow,
): readonly SourceRow[] {
  const chosen = new Map(
    random
      .shuffled(rows)
      .slice(0, kinds.length)
      .map(({ seq }, index) => [seq, kinds[index]]),
  );
  return rows.map((row) => {
    const kind = chosen.get(row.seq);
    return kind === undefined ? row : spoil(row, kind);
  });
}

/**
 * The rows that a writer changes: those that were refused first, for what cures them, or what comes after a refusal, is
 * rare enough.
 */
export function rowsToChange(
  rows: readonly SourceRow[],
  { rows: count, seed }: PlannedWriter,
  { taken, refusedForAWhile }: ModelContext,
): readonly SourceRow[] {
  const rank = ({ seq, note }: SourceRow) => (note === 'refused' ? 2 : refusedForAWhile().has(seq) ? 1 : 0);
  const chosen = new Random(seed)
    .shuffled(rows)
    .filter(({ seq, note }) => !taken.has(seq) && !note.startsWith('answered'))
    .sort((one, other) => rank(other) - rank(one))
    .slice(0, count);
  for (const { seq } of chosen) taken.add(seq);
  return chosen;
}

/** What it means for rows that were refused to be changed. */
export function curesOf(
  rows: readonly SourceRow[],
  { refusedForAWhile }: ModelContext,
): readonly Happening[] {
  return [
    ...(rows.some(({ note }) => note === 'refused') ? (['bad row cured'] as const) : []),
    ...(rows.some(({ seq }) => refusedForAWhile().has(seq))
      ? (['changed after it was refused'] as const)
      : []),
  ];
}
