import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { newDataSet, STORE_TESTS, UPDATED_AT } from '../server/store-kinds.ts';
import { at, figuresOf, moduleOf, plain, storedRecord } from './figures-of.ts';

/** A service at random: gaps, suppressed counts, late corrections, channels that appear midway. */
interface Counted {
  readonly day: number;
  readonly channel: string;
  /** In quarters, which are exact as doubles; null: suppressed, or missing. */
  readonly quarters: number | null;
  readonly isMarked: boolean;
}

const DAY = 86_400_000;
const FIRST = at('2022-11-20');
const DAYS = 560;
/** The first day on which each channel has anything. */
const CHANNELS: Readonly<Record<string, number>> = { digital: 0, paper: 0, phone: 200, 'non-digital': 380 };

const counted = fc
  .record({
    day: fc.nat(DAYS),
    channel: fc.constantFrom(...Object.keys(CHANNELS)),
    quarters: fc.option(fc.nat(4_000), { freq: 8 }),
    isMarked: fc.boolean(),
  })
  .filter(({ day, channel }) => day >= (CHANNELS[channel] ?? 0));

/** The last of one day and one channel stays. */
const records = fc.array(counted, { maxLength: 80 });
const now = fc.nat(DAYS * 24).map((hours) => FIRST + hours * (DAY / 24));

const idOf = ({ day, channel }: Counted): string => `${day}-${channel}`;
const kept = (all: readonly Counted[]): readonly Counted[] => [
  ...new Map(all.map((each) => [idOf(each), each])).values(),
];

/** The first day of a period, told from the parts of its date alone. */
const PERIOD_STARTS: Readonly<Record<string, (date: Date) => string>> = {
  week: (date) => isoDate(date.getTime() - ((date.getUTCDay() + 6) % 7) * DAY),
  month: (date) => `${isoDate(date.getTime()).slice(0, 7)}-01`,
  quarter: (date) =>
    `${date.getUTCFullYear()}-${['01', '04', '07', '10'][Math.floor(date.getUTCMonth() / 3)]}-01`,
};

const isoDate = (time: number): string => new Date(time).toISOString().slice(0, 10);

const dayIn = (time: number, zone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(time);

const sum = (own: readonly Counted[]): number =>
  own.reduce((total, { quarters }) => total + (quarters ?? 0), 0) / 4;

/** What a sum should read as. */
function expectedSum(own: readonly Counted[]): string {
  const there = own.filter(({ quarters }) => quarters !== null);
  if (there.length === 0) return own.some(({ isMarked }) => isMarked) ? 'suppressed' : 'no data';
  return `${there.length < own.length ? 'at least ' : ''}${sum(there)}`;
}

/** What the share of digital ones should read as. */
function expectedShare(own: readonly Counted[]): string {
  const there = own.filter(({ quarters }) => quarters !== null);
  const digital = own.filter(({ channel }) => channel === 'digital');
  const isUnknown = digital.length > 0 && digital.every(({ quarters }) => quarters === null);
  if (there.length === 0 || isUnknown)
    return own.some((each) => each.quarters === null && each.isMarked) ? 'suppressed' : 'no data';
  return sum(there) === 0 ? 'no data' : String(sum(digital) / sum(there));
}

describe.each(STORE_TESTS)('the figures of a random service, in %s', (_, test) => {
  test('are those of its records, one by one', async ({ store }) => {
    const periods = fc.constantFrom('week', 'month', 'quarter');
    const property = fc.asyncProperty(records, now, periods, async (all, present, period) => {
      const dataSet = newDataSet();
      // Corrections come later, in a request of their own.
      for (const each of all) {
        const { day, channel, quarters, isMarked } = each;
        const count = quarters === null ? null : quarters / 4;
        const mark = isMarked && count === null ? { suppressed: true } : {};
        const json = JSON.stringify({ channel, count, ...mark }).slice(1, -1);
        await store.replace(dataSet, [storedRecord(idOf(each), FIRST + day * DAY, json)], UPDATED_AT);
      }
      const startOf = PERIOD_STARTS[period] ?? (() => '');
      const presentStart = startOf(new Date(at(dayIn(present, 'Europe/London'))));
      const over = kept(all)
        .map((each) => ({ ...each, start: startOf(new Date(FIRST + each.day * DAY)) }))
        .filter(({ start }) => start < presentStart);
      const ofPeriod = Map.groupBy(over, ({ start }) => start);
      const grouped = await figuresOf(
        store,
        dataSet,
        moduleOf(`type: grouped_timeseries, title: A, period: ${period}, group_by: channel, duration: 100`),
        { now: present },
      );
      const starts = grouped.periods.map((start) => isoDate(start));
      const first = over
        .filter((each) => each.quarters !== null || each.isMarked)
        .map(({ start }) => start)
        .sort()[0];
      expect(starts[0]).toBe(first);
      if (first === undefined) return;
      // Without a gap, up to the one that is not over.
      const days = Array.from({ length: 900 }, (_, index) => startOf(new Date(at(first) + index * DAY)));
      expect(starts).toEqual([...new Set(days)].filter((start) => start < presentStart));
      const ownOf = (start: string) => ofPeriod.get(start) ?? [];
      expect(grouped.totals.map(plain)).toEqual(starts.map((start) => expectedSum(ownOf(start))));
      for (const { group, figures } of grouped.series) {
        const expected = starts.map((start) =>
          expectedSum(ownOf(start).filter(({ channel }) => channel === group)),
        );
        expect([group, ...figures.map(plain)]).toEqual([group, ...expected]);
      }
      const shown = starts.flatMap(ownOf);
      expect(grouped.series.map(({ group }) => group)).toEqual(
        [...new Set(shown.map((each) => each.channel))].sort(),
      );
      expect(plain(grouped.overall)).toBe(expectedSum(shown));

      const share = await figuresOf(
        store,
        dataSet,
        moduleOf(`measure: digital_take_up, digital: [digital], period: ${period}, duration: 100`),
        { now: present },
      );
      const shareStarts = share.periods.map((start) => isoDate(start));
      expect(share.totals.map(plain)).toEqual(shareStarts.map((start) => expectedShare(ownOf(start))));
      expect(plain(share.overall)).toBe(expectedShare(shareStarts.flatMap(ownOf)));
      const newest = share.totals.findLastIndex(({ kind }) => kind === 'number');
      expect(share.headline?.period).toBe(share.periods[newest]);
    });
    await fc.assert(property, { numRuns: 40 });
  }, 120_000);
});
