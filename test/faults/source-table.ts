import { BAD_ROWS, type BadRow } from './fault-kinds.ts';
import type { Random } from './random.ts';
import type { Session, TextRow } from './session.ts';

/** The one table that all three modes collect. */

export interface SourceRow {
  readonly seq: number;
  /** `YYYY-MM-DD HH:MM:SS.ffffff`, UTC. */
  readonly moment: string;
  /** Null in a row that is no record, because the `_id` is made of it. */
  readonly code: string | null;
  readonly amount: string | null;
  readonly note: string;
}

const COLUMNS = 'seq, moment, code, amount, note';
const DATETIMES = { pg: 'timestamp(6)', mysql2: 'datetime(6)', 'better-sqlite3': 'datetime' } as const;

export async function createTable(session: Session, database: keyof typeof DATETIMES): Promise<void> {
  await session.query(
    `CREATE TABLE events (seq bigint PRIMARY KEY, moment ${DATETIMES[database]} NOT NULL, code varchar(20),
       amount numeric(12,2), note varchar(400) NOT NULL)`,
  );
}

export async function insertRows(session: Session, rows: readonly SourceRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += 50) {
    const some = rows.slice(start, start + 50);
    await session.query(
      `INSERT INTO events (${COLUMNS}) VALUES ${some.map(() => '(?, ?, ?, ?, ?)').join(', ')}`,
      some.flatMap(({ seq, moment, code, amount, note }) => [seq, moment, code, amount, note]),
    );
  }
}

/** All rows as the database prints them. @param where a condition */
export async function readRows(session: Session, where = '1 = 1'): Promise<readonly SourceRow[]> {
  const rows = await session.query(`SELECT ${COLUMNS} FROM events WHERE ${where} ORDER BY seq`);
  return rows.map(sourceRow);
}

function sourceRow([seq, moment, code, amount, note]: TextRow): SourceRow {
  return {
    seq: Number(seq),
    moment: moment ?? '',
    code: code ?? null,
    amount: amount ?? null,
    note: note ?? '',
  };
}

export const CODES = ['paper', 'digital', 'phone', 'Ünïcode', "o'clock"] as const;
const NOTES = [
  '',
  'plain',
  `it's "quoted" \\ here`,
  'naïve – 日本 🎉',
  'line\nbreak\ttab',
  '{"a":[1]}',
  'trailing  ',
  'x'.repeat(150),
] as const;

export function amountOf(random: Random): string {
  return `${random.whole(-500, 99_999)}.${String(random.whole(0, 99)).padStart(2, '0')}`;
}

export function newRow(seq: number, moment: string, random: Random): SourceRow {
  return {
    seq,
    moment,
    code: random.pick(CODES),
    amount: random.chance(0.05) ? null : amountOf(random),
    note: random.pick(NOTES),
  };
}

/** A row that cannot be delivered: the write API refuses it, or it is no record, or the write host breaks over it. */
export function spoilt(row: SourceRow, kind: BadRow): SourceRow {
  return kind === 'no record' ? { ...row, code: null, note: 'no record' } : { ...row, note: kind };
}

/** Why a row cannot be delivered, if it cannot. */
export function badnessOf({ code, note }: SourceRow): BadRow | undefined {
  if (code === null) return 'no record';
  return BAD_ROWS.find((kind) => kind === note);
}
