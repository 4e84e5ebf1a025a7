import { daysAfter, startOf, utcText } from '../london.ts';
import { Random } from '../random.ts';
import type { Session } from '../session.ts';
import { amountOf, insertRows, newRow, type SourceRow } from '../source-table.ts';

/** How far back a night's late rows, corrections and deletions reach, in days. */
export const REACH = 30;

/** Shares of the rows that may still change. */
const LATE = 0.02;
const CORRECTED = 0.002;
/** Of the corrected rows, those that have again, a night later, what they had before. */
const SET_BACK = 0.4;
/** How probable it is that in a night some row of the past is deleted. */
const DELETED = 0.6;

/** Rows of a service that come late, are corrected, corrected back and deleted, from nothing but a seed. */
export class Service {
  readonly #random: Random;
  readonly #rowsPerDay: number;
  #seq = 0;
  /** By the night in which they come. */
  readonly #late = new Map<number, SourceRow[]>();
  readonly #there = new Map<number, SourceRow>();
  #setBack: SourceRow[] = [];

  constructor(seed: number, rowsPerDay: number) {
    this.#random = new Random(seed);
    this.#rowsPerDay = rowsPerDay;
  }

  /** The rows of a day that is over, which come in a night; some of them come in a later one. */
  rowsOf(date: string, night: number): readonly SourceRow[] {
    const rows = Array.from({ length: this.#rowsPerDay }, () => this.#row(date));
    const late = new Set(rows.filter(() => this.#random.chance(LATE)));
    for (const row of late) {
      const comes = night + this.#random.whole(1, this.#random.pick([1, 3, REACH - 1]));
      this.#late.set(comes, [...(this.#late.get(comes) ?? []), row]);
    }
    return rows.filter((row) => !late.has(row));
  }

  remember(rows: readonly SourceRow[]): void {
    for (const row of rows) this.#there.set(row.seq, row);
  }

  /** What happens in the source before the run of a night. @param today of that night */
  async pass(night: number, today: string, session: Session): Promise<void> {
    await session.begin();
    const come = [...this.rowsOf(daysAfter(today, -1), night), ...(this.#late.get(night) ?? [])];
    await insertRows(session, come);
    await this.#correct(today, session);
    if (this.#random.chance(DELETED)) await this.#delete(today, session);
    this.remember(come);
    await session.query('COMMIT');
  }

  async #correct(today: string, session: Session): Promise<void> {
    const back = this.#setBack.filter(({ seq }) => this.#there.has(seq));
    this.#setBack = [];
    const corrected = this.#recent(today).filter(() => this.#random.chance(CORRECTED));
    for (const row of corrected) if (this.#random.chance(SET_BACK)) this.#setBack.push(row);
    const changed = [...back, ...corrected.map((row) => ({ ...row, amount: amountOf(this.#random) }))];
    for (const { seq, amount } of changed)
      await session.query('UPDATE events SET amount = ? WHERE seq = ?', [amount, seq]);
    this.remember(changed);
  }

  async #delete(today: string, session: Session): Promise<void> {
    const { seq } = this.#random.pick(this.#recent(today));
    await session.query('DELETE FROM events WHERE seq = ?', [seq]);
    this.#there.delete(seq);
  }

  #recent(today: string): readonly SourceRow[] {
    const first = utcText(startOf(daysAfter(today, -REACH)));
    return [...this.#there.values()].filter(({ moment }) => moment >= first);
  }

  #row(date: string): SourceRow {
    const [from, to] = [startOf(date), startOf(daysAfter(date, 1))];
    this.#seq += 1;
    return newRow(this.#seq, utcText(this.#random.whole(from, to - 1)), this.#random);
  }
}
