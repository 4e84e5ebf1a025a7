import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY } from '../../src/calendar/durations.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { startWriteApi } from '../support/write-api.ts';

/** How many days are collected by the first run, and how many nights come after it. */
const [FIRST_DAYS, NIGHTS] = [21, 6];
const LOOKBACK = 3;
const USUAL = 100;
const BEGIN = Date.parse('2014-01-06');

const dateOf = (day: number) => new Date(BEGIN + day * DAY).toISOString().slice(0, 10);

const place = collectingEach('better-sqlite3', startWriteApi, [
  'CREATE TABLE visits (day date, number integer)',
]);

const job = jobOf({
  timezone: 'UTC',
  window: { period: 'day', lookback: LOOKBACK, start: dateOf(0) },
  query: 'SELECT day, number FROM visits WHERE day >= :from_date AND day < :to_date ORDER BY day',
  record: { timestamp: 'day', id: ['_timestamp'] },
  expect: { change: { measure: 'number', at_most: '50%' }, on_violation: 'hold' },
});

/**
 * What a person would expect, written from the documents: the numbers that have been sent, how far they reach, and
 * whether a night is held back.
 */
class Model {
  readonly sent = new Map<number, number>();
  collectedTo = 0;

  /** @returns whether the night is held back */
  collect(source: ReadonlyMap<number, number>, to: number, accept: boolean): boolean {
    const from = Math.max(0, Math.min(this.collectedTo, to - LOOKBACK));
    const days = Array.from({ length: to - from }, (_, index) => from + index);
    const isHeld = !accept && this.sent.size > 0 && days.some((day) => this.#isNews(source, from, day));
    if (isHeld) return true;
    for (const day of days) this.sent.set(day, source.get(day) ?? 0);
    this.collectedTo = Math.max(this.collectedTo, to);
    return false;
  }

  #isNews(source: ReadonlyMap<number, number>, from: number, day: number): boolean {
    const now = source.get(day) ?? 0;
    const usual = this.#usual(day, (each) => (each >= from ? (source.get(each) ?? 0) : this.sent.get(each)));
    if (usual === undefined || !differs(now, usual)) return false;
    const before = this.sent.get(day);
    if (before === undefined) return true;
    if (before === now) return false;
    const usualBefore = this.#usual(day, (each) => this.sent.get(each));
    if (usualBefore === undefined || !differs(before, usualBefore)) return true;
    const isNearer = Math.min(before, usualBefore) <= now && now <= Math.max(before, usualBefore);
    return !isNearer && differs(now, before);
  }

  /** The middle of the same weekday in the eight weeks before. */
  #usual(day: number, amountOf: (day: number) => number | undefined): number | undefined {
    const known = [1, 2, 3, 4, 5, 6, 7, 8]
      .map((week) => amountOf(day - 7 * week))
      .filter((amount) => amount !== undefined)
      .sort((one, other) => one - other);
    const [half, count] = [Math.floor(known.length / 2), known.length];
    if (count < 3) return undefined;
    return count % 2 === 1 ? known[half] : ((known[half - 1] ?? 0) + (known[half] ?? 0)) / 2;
  }
}

const differs = (amount: number, from: number) => Math.abs(amount - from) > from / 2;

const amounts = fc.constantFrom(USUAL, 60, 49, 30, 5, 0, 151, 240);

/** What is written to the table before a night: of how many days ago, and how much; and whether a person accepts it. */
const nights = fc.array(
  fc.record({
    today: amounts,
    earlier: fc.option(fc.record({ ago: fc.constantFrom(1, 1, 2, LOOKBACK + 1), amount: amounts })),
    accepts: fc.constantFrom(true, true, true, false),
  }),
  { minLength: 1, maxLength: NIGHTS },
);

test('whatever the table is filled with, what is sent is what was compared or accepted', async () => {
  await fc.assert(
    fc.asyncProperty(nights, async (plan) => {
      await place.database.execute('DELETE FROM visits');
      await place.collecting.state.setProgress(job.name, undefined);
      const [source, model] = [new Map<number, number>(), new Model()];
      const write = async (day: number, amount: number) => {
        source.set(day, amount);
        await place.database.execute(`DELETE FROM visits WHERE day = '${dateOf(day)}'`);
        if (amount > 0)
          await place.database.execute(`INSERT INTO visits VALUES ('${dateOf(day)}', ${amount})`);
      };
      const collect = async (to: number, accept: boolean) => {
        const isHeld = model.collect(source, to, accept);
        const result = await place.collecting.run(job, `${dateOf(to)}T05:30:00Z`, { accept });
        expect(result.failure?.side).toBe(isHeld ? 'data' : undefined);
        const figures = (await place.collecting.state.figuresOf(job.name))?.periods ?? [];
        expect(figures.map(({ sums }) => Number(sums.number ?? 0))).toEqual(
          [...model.sent].sort(([one], [other]) => one - other).map(([, amount]) => amount),
        );
        const progress = await place.collecting.state.progressOf(job.name);
        expect(progress?.collectedTo).toBe(BEGIN + model.collectedTo * DAY);
        return isHeld;
      };
      const days = Array.from({ length: FIRST_DAYS }, (_, day) => day);
      for (const day of days) source.set(day, USUAL);
      await place.database.execute(
        `INSERT INTO visits VALUES ${days.map((day) => `('${dateOf(day)}', ${USUAL})`).join(', ')}`,
      );
      await collect(FIRST_DAYS, false);
      for (const [night, { today, earlier, accepts }] of plan.entries()) {
        const day = FIRST_DAYS + night;
        await write(day, today);
        if (earlier !== null) await write(day - earlier.ago, earlier.amount);
        if ((await collect(day + 1, false)) && accepts) await collect(day + 1, true);
      }
    }),
    { numRuns: 12 },
  );
}, 240_000);
