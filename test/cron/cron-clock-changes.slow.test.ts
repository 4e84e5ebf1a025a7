import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextTick } from '../../src/cron/cron.ts';

/**
 * The rules that ticks are held to here, minute by minute, by a reference that knows no calendar: it walks through all
 * minutes of two years, each with the wall clock that Intl shows in the zone.
 *
 * 1. A minute whose wall clock matches the expression is a tick when the wall clock shows that time for the first time.
 * 2. Where it shows it again, it is a tick only for an interval pattern whose shortest interval is not longer than what
 * is repeated. 3. Where wall clock times that match are skipped, the minute at the end of the gap is a tick; for an
 * interval pattern only
 *    when no minute matches within its shortest interval from then.
 *
 * An interval pattern has `*` or a step in its minute or hour, or names all 60 or all 24 of them. Its shortest interval
 * is the shortest time between two matching times of day, from one day to the next included.
 */

const MINUTE = 60_000;
const DAY = 1_440;
const FIRST = Date.parse('2026-01-01T00:00:00Z');
const COUNT = 2 * 365 * DAY;
const CHANGING = [
  'Europe/London',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'America/Santiago',
];
const ZONES = [...CHANGING, 'Asia/Kolkata', 'UTC'];

/**
 * The wall clock at each minute since FIRST, as minutes since FIRST. No zone changes its clock twice within a day, nor within
 * a quarter of an hour.
 */
function wallClocks(zone: string): Int32Array {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  /** By how much the wall clock is ahead at a minute. */
  const aheadAt = (minute: number): number => {
    const instant = FIRST + minute * MINUTE;
    return (Date.parse(`${format.format(instant).replace(' ', 'T')}Z`) - instant) / MINUTE;
  };
  const walls = new Int32Array(COUNT);
  for (let day = 0; day < COUNT; day += DAY) {
    const ahead = aheadAt(day);
    const changes = aheadAt(day + DAY) !== ahead;
    for (let quarter = day; quarter < day + DAY; quarter += 15) {
      const shown = quarter + (changes ? aheadAt(quarter) : ahead);
      for (let index = 0; index < 15; index++) walls[quarter + index] = shown + index;
    }
  }
  return walls;
}

const clocks = new Map(ZONES.map((zone) => [zone, wallClocks(zone)]));
const clockOf = (zone: string): Int32Array => clocks.get(zone) ?? new Int32Array();
const isChange = (walls: Int32Array, minute: number): boolean =>
  (walls[minute] ?? 0) !== (walls[minute - 1] ?? 0) + 1;
const changesOf = new Map(
  ZONES.map((zone) => {
    const walls = clockOf(zone);
    return [zone, [...walls.keys()].filter((minute) => minute > 0 && isChange(walls, minute))];
  }),
);

function valuesOf(field: string, first: number, last: number): Set<number> {
  const values = new Set<number>();
  for (const item of field.split(',')) {
    const [range = '', step = '1'] = item.split('/');
    const [from = '', to = from] = range === '*' ? [`${first}`, `${last}`] : range.split('-');
    for (let value = Number(from); value <= Number(to); value += Number(step)) values.add(value);
  }
  return values;
}

class Reference {
  readonly #walls: Int32Array;
  readonly #matches: (wall: number) => boolean;
  readonly #isInterval: boolean;
  readonly #shortest: number;

  constructor(expression: string, zone: string) {
    const [minute = '', hour = '', date = '', month = '', weekday = ''] = expression.split(' ');
    const [minutes, hours] = [valuesOf(minute, 0, 59), valuesOf(hour, 0, 23)];
    const [dates, months] = [valuesOf(date, 1, 31), valuesOf(month, 1, 12)];
    const weekdays = valuesOf(weekday, 0, 6);
    const isTime = (time: number) => minutes.has(time % 60) && hours.has(Math.floor(time / 60));
    const isDate = (day: Date) => {
      const [onDate, onWeekday] = [dates.has(day.getUTCDate()), weekdays.has(day.getUTCDay())];
      const hasStar = date.startsWith('*') || weekday.startsWith('*');
      return hasStar ? onDate && onWeekday : onDate || onWeekday;
    };
    this.#walls = clockOf(zone);
    // West of Greenwich the first minutes are still the day before.
    const onDay = Array.from({ length: COUNT / DAY + 2 }, (_, index) => {
      const day = new Date(FIRST + (index - 1) * DAY * MINUTE);
      return months.has(day.getUTCMonth() + 1) && isDate(day);
    });
    const atTime = Array.from({ length: DAY }, (_, time) => isTime(time));
    this.#matches = (wall) => {
      const day = Math.floor(wall / DAY);
      return (onDay[day + 1] && atTime[wall - day * DAY]) === true;
    };
    this.#isInterval = /[*/]/.test(minute + hour) || minutes.size === 60 || hours.size === 24;
    const times = [...Array(2 * DAY).keys()].filter((time) => atTime[time % DAY]);
    this.#shortest = Math.min(...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
  }

  /** Whether a minute is a tick; `latest` is the latest wall clock shown before it. */
  #isTick(minute: number, latest: number): boolean {
    const wall = this.#walls[minute] ?? 0;
    if (wall > latest + 1 && this.#skips(latest, wall))
      return this.#isInterval ? this.#isAlone(minute) : true;
    if (!this.#matches(wall)) return false;
    if (wall > latest) return true;
    const back = this.#lastChangeBack(minute);
    return this.#isInterval && this.#shortest <= back;
  }

  #skips(from: number, to: number): boolean {
    for (let wall = from + 1; wall < to; wall++) if (this.#matches(wall)) return true;
    return false;
  }

  /** At the end of a gap: it matches itself, or nothing does in the shortest interval from then. */
  #isAlone(minute: number): boolean {
    const matches = (index: number) => this.#matches(this.#walls[index] ?? 0);
    if (matches(minute)) return true;
    for (let index = minute; index < minute + this.#shortest; index++) if (matches(index)) return false;
    return true;
  }

  #lastChangeBack(minute: number): number {
    let index = minute;
    while (!isChange(this.#walls, index)) index--;
    return (this.#walls[index - 1] ?? 0) + 1 - (this.#walls[index] ?? 0);
  }

  /** The ticks after an instant of the two years, until their end. */
  *ticks(after: number): Generator<number, undefined> {
    const start = Math.floor((after - FIRST) / MINUTE) + 1;
    let latest = -Infinity;
    for (let minute = Math.max(1, start - 3 * 60); minute < COUNT; minute++) {
      latest = Math.max(latest, this.#walls[minute - 1] ?? 0);
      if (minute >= start && this.#isTick(minute, latest)) yield FIRST + minute * MINUTE;
    }
  }
}

const number = (first: number, last: number) => fc.integer({ min: first, max: last }).map(String);
const expressions = fc
  .tuple(
    fc.oneof(
      fc.constantFrom('*', '*/5', '*/20', '*/7', '0', '30', '0,30', '15,45', '0-30/10', '1-59/2', '0-59'),
      number(0, 59),
    ),
    fc.oneof(
      fc.constantFrom('*', '*/2', '*/3', '*/12', '0-23', '0', '1', '2', '23', '1,13', '0-6', '1-23/2', '1-3'),
      number(0, 23),
    ),
    fc.oneof({ weight: 5, arbitrary: fc.constant('*') }, fc.constantFrom('1', '25-31', '*/2', '1,5,29')),
    fc.oneof({ weight: 5, arbitrary: fc.constant('*') }, fc.constantFrom('3-4', '9-11', '2')),
    fc.oneof({ weight: 5, arbitrary: fc.constant('*') }, fc.constantFrom('0', '1-5', '5,6', '0,6')),
  )
  .map((fields) => fields.join(' '));

/** Instants of the two years, most of them within two days of a clock change. */
const places = fc.constantFrom(...ZONES).chain((zone) => {
  const anywhere = fc.integer({ min: DAY, max: COUNT - 60 * DAY });
  const changes = changesOf.get(zone) ?? [];
  const near = fc
    .tuple(fc.nat(), fc.oneof(fc.integer({ min: -2 * DAY, max: DAY }), fc.integer({ min: -240, max: 120 })))
    .map(([index, distance]) => (changes[index % changes.length] ?? 0) + distance);
  const minute = changes.length === 0 ? anywhere : fc.oneof(anywhere, { weight: 4, arbitrary: near });
  return fc.record({ zone: fc.constant(zone), after: minute.map((count) => FIRST + count * MINUTE) });
});

test('two years of each zone have the clock changes that they are known for', () => {
  const counts = ZONES.map((zone) => changesOf.get(zone)?.length);
  expect(counts).toEqual([4, 4, 4, 4, 4, 4, 0, 0]);
});

test('ticks are those of the rules, in every zone, around every clock change', () => {
  fc.assert(
    fc.property(expressions, places, (expression, { zone, after }) => {
      let [from, count] = [after, 0];
      for (const expected of new Reference(expression, zone).ticks(after)) {
        expect(nextTick(expression, zone, from)).toBe(expected);
        from = expected;
        if (++count === 6) break;
      }
    }),
    { numRuns: 500 },
  );
});

test.each(['Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'])(
  'all ticks of two years in %s are those of the rules, none lost, none doubled',
  (zone) => {
    const end = FIRST + (COUNT - 40 * DAY) * MINUTE;
    for (const expression of [
      '*/20 0-3 * * *',
      '0 * * * *',
      '30 1 * * *',
      '15 2 * * *',
      '0 0 * * *',
      '0 */6 * * *',
    ]) {
      let tick: number | undefined = FIRST + DAY * MINUTE;
      let count = 0;
      for (const expected of new Reference(expression, zone).ticks(tick)) {
        tick = nextTick(expression, zone, tick);
        if (tick !== expected) expect.fail(`${expression}: ${tick} instead of ${expected}`);
        count += 1;
        if (expected >= end) break;
      }
      expect(count).toBeGreaterThan(680);
    }
  },
);

test('a tick is the same from wherever it is asked for', () => {
  fc.assert(
    fc.property(expressions, places, fc.nat(), (expression, { zone, after }, share) => {
      const tick = nextTick(expression, zone, after);
      if (tick === undefined) return;
      expect(nextTick(expression, zone, after + (share % (tick - after)))).toBe(tick);
    }),
    { numRuns: 600 },
  );
});

/** The ticks of three days around each clock change of a zone, or of fewer. */
function aroundChanges(zone: string, expression: string, days = 3): number[][] {
  const distance = (days / 2) * DAY;
  return (changesOf.get(zone) ?? []).map((change) => {
    const [from, to] = [change - distance, change + distance].map((minute) => FIRST + minute * MINUTE);
    const ticks: number[] = [];
    for (let tick = nextTick(expression, zone, from ?? 0); tick !== undefined && tick < (to ?? 0); ) {
      ticks.push(tick);
      tick = nextTick(expression, zone, tick);
    }
    return ticks;
  });
}

const distances = (ticks: readonly number[]): number[] =>
  ticks.slice(1).map((tick, index) => (tick - (ticks[index] ?? 0)) / MINUTE);

describe.each(CHANGING)('around every clock change of %s', (zone) => {
  test('a daily job runs once a day, whatever its time', () => {
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
    for (let time = 0; time < DAY; time += 15) {
      for (const ticks of aroundChanges(zone, `${time % 60} ${Math.floor(time / 60)} * * *`)) {
        const dates = ticks.map((tick) => format.format(tick));
        expect(new Set(dates).size, `${time}: ${dates}`).toBe(dates.length);
        expect(dates.length).toBeGreaterThanOrEqual(2);
        expect(Math.max(...distances(ticks))).toBeLessThanOrEqual(25 * 60);
      }
    }
  });

  test('minutely jobs run at every real minute', () => {
    for (const [expression, minutes] of [
      ['* * * * *', 1],
      ['*/5 * * * *', 5],
      ['*/15 * * * *', 15],
      ['*/30 * * * *', 30],
    ] as const)
      for (const ticks of aroundChanges(zone, expression, 0.5))
        expect(new Set(distances(ticks))).toEqual(new Set([minutes]));
  });

  test('hourly jobs run at every real hour', () => {
    // Lord Howe moves its clock by half an hour: from 01:30 on, 02:30 comes after 30 minutes in spring, after 90 in
    // autumn.
    const known = zone === 'Australia/Lord_Howe' ? [30, 60, 90] : [60];
    for (const expression of ['0 * * * *', '30 * * * *', '@hourly', '10 0-23 * * *'])
      for (const ticks of aroundChanges(zone, expression))
        for (const distance of distances(ticks)) expect(known).toContain(distance);
  });

  test('jobs of several hours never run twice within them but for what the clock is set forward', () => {
    for (const hours of [2, 3, 4, 6, 8, 12])
      for (const ticks of aroundChanges(zone, `0 */${hours} * * *`))
        expect(Math.min(...distances(ticks))).toBeGreaterThanOrEqual(hours * 60 - 60);
  });
});

describe('a fixed time', () => {
  const iso = (expression: string, zone: string, after: string) =>
    new Date(nextTick(expression, zone, Date.parse(after)) ?? 0).toISOString().slice(0, 16);

  test.each([
    ['Europe/London', '30 1 * * *', '2026-03-28T12:00:00Z', '2026-03-29T01:00'],
    ['America/New_York', '30 2 * * *', '2026-03-07T12:00:00Z', '2026-03-08T07:00'],
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-03T00:00:00Z', '2026-10-03T15:30'],
    ['Africa/Cairo', '0 0 * * *', '2026-04-23T12:00:00Z', '2026-04-23T22:00'],
    ['America/Santiago', '0 0 * * *', '2026-09-05T12:00:00Z', '2026-09-06T04:00'],
  ])('in %s that is skipped ticks at the end of the gap', (zone, expression, after, tick) => {
    expect(iso(expression, zone, after)).toBe(tick);
  });

  test.each([
    ['Europe/London', '30 1 * * *', '2026-10-24T12:00:00Z', '2026-10-25T00:30', '2026-10-26T01:30'],
    ['America/New_York', '30 1 * * *', '2026-10-31T12:00:00Z', '2026-11-01T05:30', '2026-11-02T06:30'],
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-04T00:00:00Z', '2026-04-04T14:45', '2026-04-05T15:15'],
  ])('in %s that is repeated ticks the first time only', (zone, expression, after, first, second) => {
    expect(iso(expression, zone, after)).toBe(first);
    expect(iso(expression, zone, `${first}:00Z`)).toBe(second);
  });
});

describe('an interval longer than what is repeated is not cut short', () => {
  test.each([
    ['Australia/Lord_Howe', '30 * * * *', '2026-04-04T14:30', '2026-04-04T16:00'],
    ['Europe/Berlin', '0 */2 * * *', '2026-10-25T00:00', '2026-10-25T03:00'],
    ['Europe/Berlin', '0 0-22/2 * * *', '2026-10-25T00:00', '2026-10-25T03:00'],
  ])('in %s: %s', (zone, expression, tick, next) => {
    const ticks = [Date.parse(`${tick}:00Z`) - 1, Date.parse(`${tick}:00Z`)];
    const found = ticks.map((after) => new Date(nextTick(expression, zone, after) ?? 0).toISOString());
    expect(found.map((text) => text.slice(0, 16))).toEqual([tick, next]);
  });
});
