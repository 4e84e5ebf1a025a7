import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';

export interface DeadLetterFacts {
  /** The row's `seq`. */
  readonly seq: number;
  readonly cause: string;
  /** Whether a newer version of the record was sent, and nobody knows yet what became of it. */
  readonly isOvertaken: boolean;
}

/** What the state file says about the one job. */
export interface StateFacts {
  readonly collectedTo: number | undefined;
  /** The texts of the cursor's values. */
  readonly cursor: readonly string[] | undefined;
  readonly deadLetters: readonly DeadLetterFacts[];
  /** Batches of sealed snapshots that are not delivered. */
  readonly pending: number;
  /** The values of `seq` in the records of sealed snapshots. */
  readonly sealed: readonly number[];
  /** Whether a sealed snapshot waits to empty the data set before its records are sent. */
  readonly mustEmpty: boolean;
  readonly leases: number;
  /** What is wrong with the file. */
  readonly damage: readonly string[];
}

const NOTHING: StateFacts = {
  collectedTo: undefined,
  cursor: undefined,
  deadLetters: [],
  pending: 0,
  sealed: [],
  mustEmpty: false,
  leases: 0,
  damage: [],
};

/** Reads a copy, so that the next run finds the file just as the last one left it, write-ahead log included. */
export function readState(file: string): StateFacts {
  if (!existsSync(file)) return NOTHING;
  const folder = mkdtempSync(join(tmpdir(), 'state-copy-'));
  try {
    const copy = join(folder, 'state.sqlite');
    for (const suffix of ['', '-wal'])
      if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix);
    const database = new Database(copy);
    try {
      return factsIn(database);
    } finally {
      database.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function factsIn(database: Database.Database): StateFacts {
  const damage = damageOf(database);
  const tables = new Set(database.prepare('SELECT name FROM sqlite_schema').pluck().all());
  // A process killed while it made the file leaves one without tables.
  if (damage.length > 0 || !tables.has('progress')) return { ...NOTHING, damage };
  const progress = database.prepare('SELECT * FROM progress').get() as
    | { collected_to: number | null; cursor?: string | null }
    | undefined;
  const count = (table: string) =>
    tables.has(table) ? Number(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()) : 0;
  return {
    collectedTo: progress?.collected_to ?? undefined,
    cursor: progress?.cursor ? cursorTexts(progress.cursor) : undefined,
    deadLetters: tables.has('dead_letters') ? deadLettersIn(database) : [],
    pending: count('pending_batches') + count('pending_snapshots'),
    sealed: tables.has('pending_batches') ? sealedIn(database) : [],
    mustEmpty: tables.has('pending_snapshots') && database.prepare(MUST_EMPTY).get() !== undefined,
    leases: count('leases'),
    damage,
  };
}

function damageOf(database: Database.Database): readonly string[] {
  try {
    const found = database.pragma('integrity_check') as { integrity_check: string }[];
    return found.map(({ integrity_check }) => integrity_check).filter((line) => line !== 'ok');
  } catch (error) {
    return [String(error)];
  }
}

const cursorTexts = (json: string): readonly string[] =>
  (JSON.parse(json) as { text: string }[]).map(({ text }) => text);

type Content =
  | { readonly kind: 'record'; readonly json: string }
  | {
      readonly kind: 'row';
      readonly columns: readonly { readonly name: string }[];
      readonly row: readonly unknown[];
    };

function deadLettersIn(database: Database.Database): readonly DeadLetterFacts[] {
  const letters = database.prepare('SELECT cause, content, overtaken_by FROM dead_letters').all() as {
    cause: string;
    content: string;
    overtaken_by: number | null;
  }[];
  return letters.map(({ cause, content, overtaken_by }) => ({
    cause,
    seq: seqOf(JSON.parse(content)),
    isOvertaken: overtaken_by !== null,
  }));
}

function seqOf(content: Content): number {
  if (content.kind === 'record') return Number(JSON.parse(content.json).seq);
  const value = content.row[content.columns.findIndex(({ name }) => name === 'seq')];
  return Number(typeof value === 'object' && value !== null && 'integer' in value ? value.integer : value);
}

const MUST_EMPTY = 'SELECT 1 FROM pending_snapshots WHERE sealed = 1 AND must_empty = 1';
const SEALED = `SELECT bytes FROM pending_batches
  WHERE snapshot IN (SELECT id FROM pending_snapshots WHERE sealed = 1)`;

function sealedIn(database: Database.Database): readonly number[] {
  const batches = database.prepare(SEALED).pluck().all() as Buffer[];
  return batches.flatMap((bytes) =>
    (JSON.parse(bytes.toString('utf8')) as { seq: number }[]).map(({ seq }) => seq),
  );
}
