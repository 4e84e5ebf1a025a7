import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/model/run-event.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { startFaultyServer } from '../support/faulty-server.ts';
import { startWriteApi } from '../support/write-api.ts';

/** Mondays and Tuesdays, on each of which as many visits are usual, and none on other days. */
const MONDAYS = ['2014-05-19', '2014-05-26', '2014-06-02'];
const TUESDAYS = ['2014-05-20', '2014-05-27', '2014-06-03'];
const USUAL_ROWS = [...MONDAYS.map((day) => [day, 40] as const), ...TUESDAYS.map((day) => [day, 7] as const)];
const FIRST_RUN = '2014-06-09T05:30:00Z';
const NEXT_RUN = '2014-06-10T05:30:00Z';
const TABLE = 'CREATE TABLE visits (day date, channel varchar(2000), number integer)';

const holding = (over: Record<string, unknown> = {}) =>
  jobOf({
    window: { period: 'day', lookback: 3, start: MONDAYS[0] },
    query:
      'SELECT day, channel, number FROM visits WHERE day >= :from_date AND day < :to_date ORDER BY day, channel',
    record: { timestamp: 'day', id: ['_timestamp', 'channel'] },
    expect: { change: { measure: 'number', at_most: '50%' }, on_violation: 'hold' },
    ...over,
  });

describe.each(['pg', 'mysql2', 'better-sqlite3'] as const)(
  'with expect.on_violation: hold on %s',
  (client) => {
    const place = collectingEach(client, startWriteApi, [TABLE]);

    const visit = (day: string, number: number | null, channel = 'web') =>
      place.database.execute(`INSERT INTO visits VALUES ('${day}', '${channel}', ${number})`);
    const change = (day: string, number: number) =>
      place.database.execute(`UPDATE visits SET number = ${number} WHERE day = '${day}'`);
    const remove = (day: string) => place.database.execute(`DELETE FROM visits WHERE day = '${day}'`);

    /** `06-09: 40` */
    const sent = async () =>
      (await place.api.stored()).map(
        ({ _timestamp, number }) => `${String(_timestamp).slice(5, 10)}: ${number}`,
      );
    const collectedTo = async () => {
      const { collectedTo: instant } = (await place.collecting.state.progressOf('applications')) ?? {};
      return instant === undefined ? undefined : new Date(instant).toISOString();
    };

    const usual = async () => {
      for (const [day, number] of USUAL_ROWS) await visit(day, number);
      expect(await place.collecting.run(holding(), FIRST_RUN)).toMatchObject({ outcome: 'succeeded' });
    };

    test('a day that differs from the same weekday before keeps its window and all later ones back', async () => {
      await usual();
      await visit('2014-06-09', 3);
      await visit('2014-06-10', 7);
      const told: RunEvent[] = [];
      const job = holding({ window: { period: 'day', lookback: 0, start: MONDAYS[0], max_periods: 1 } });
      const result = await place.collecting.run(job, '2014-06-11T05:30:00Z', {
        observer: (event) => told.push(event),
      });
      expect(result).toMatchObject({ outcome: 'failed', records: 0, requests: 0, failure: { side: 'data' } });
      expect(result.failure?.message).toBe(
        'nothing of the window from 2014-06-09 to 2014-06-10 was sent, because it differs by more than the 50% of ' +
          'expect.change: the sum of number of 2014-06-09 is 3, where 40 is usual (the median of 2014-06-02, ' +
          '2014-05-26, 2014-05-19)',
      );
      expect(result.failure?.remedy).toMatch(
        /deliver it by pp-db-collector run applications --from 2014-06-09 --to 2014-06-10 --accept\.$/,
      );
      expect(told).toContainEqual(
        expect.objectContaining({ kind: 'unusual-figures', isHeld: true, amount: 3, usual: 40 }),
      );
      expect(await sent()).toHaveLength(6);
      expect(await collectedTo()).toBe('2014-06-08T23:00:00.000Z');
    });

    test('once the table is right the next run sends it, with all that waited', async () => {
      await usual();
      await visit('2014-06-09', 3);
      await place.collecting.run(holding(), NEXT_RUN);
      await change('2014-06-09', 41);
      await visit('2014-06-10', 7);
      expect(await place.collecting.run(holding(), '2014-06-11T05:30:00Z')).toMatchObject({
        outcome: 'succeeded',
      });
      expect((await sent()).slice(6)).toEqual(['06-09: 41', '06-10: 7']);
      expect(await collectedTo()).toBe('2014-06-10T23:00:00.000Z');
    });

    test('a day that was right and is empty when it is collected again is held back', async () => {
      await usual();
      await visit('2014-06-09', 40);
      await place.collecting.run(holding(), NEXT_RUN);
      await remove('2014-06-09');
      await visit('2014-06-10', 7);
      const result = await place.collecting.run(holding(), '2014-06-11T05:30:00Z');
      expect(result.failure?.message).toContain('the sum of number of 2014-06-09 is 0, where 40 is usual');
      expect((await sent()).slice(6)).toEqual(['06-09: 40']);
      expect(await collectedTo()).toBe('2014-06-09T23:00:00.000Z');
    });

    test('what a person accepts is sent, and not held back when it is collected again', async () => {
      await usual();
      await visit('2014-06-09', 3);
      await visit('2014-06-10', 7);
      const later = '2014-06-11T05:30:00Z';
      await place.collecting.run(holding(), later);
      const span = {
        from: Date.parse('2014-06-08T23:00:00Z'),
        to: Date.parse('2014-06-09T23:00:00Z'),
        resume: false,
      };
      const told: RunEvent[] = [];
      const accepted = { span, accept: true, observer: (event: RunEvent) => told.push(event) };
      expect(await place.collecting.run(holding(), later, accepted)).toMatchObject({ outcome: 'succeeded' });
      expect(told).toContainEqual(
        expect.objectContaining({ kind: 'unusual-figures', isHeld: false, amount: 3 }),
      );
      expect((await sent()).slice(6)).toEqual(['06-09: 3']);
      expect(await collectedTo()).toBe('2014-06-09T23:00:00.000Z');
      expect(await place.collecting.run(holding(), later)).toMatchObject({ outcome: 'succeeded' });
      await change('2014-06-09', 1);
      expect(await place.collecting.run(holding(), later)).toMatchObject({ outcome: 'failed' });
      expect((await sent()).slice(6)).toEqual(['06-09: 3', '06-10: 7']);
    });

    test('rows that are no records are not counted, and are dead letters once the window is sent', async () => {
      await usual();
      await visit('2014-06-09', 3);
      await place.database.execute("INSERT INTO visits VALUES ('2014-06-09', NULL, 37)");
      expect(await place.collecting.run(holding(), NEXT_RUN)).toMatchObject({
        outcome: 'failed',
        failure: { side: 'data' },
      });
      expect(await place.collecting.state.deadLetters({ job: 'applications' })).toEqual([]);
      expect(await place.collecting.run(holding(), NEXT_RUN, { accept: true })).toMatchObject({
        outcome: 'partial',
        deadLetters: 1,
      });
      expect(await place.collecting.state.deadLetters({ job: 'applications' })).toHaveLength(1);
    });

    test('a window that does not fit in memory waits in the state, and is sent record for record', async () => {
      await usual();
      const numbers = (from: number, to: number) =>
        Array.from({ length: to - from }, (_, index) => from + index);
      const long = 'x'.repeat(1_500);
      for (let from = 0; from < 6_000; from += 500) {
        const rows = numbers(from, from + 500).map((each) => `('2014-06-09', '${each}${long}', 0)`);
        await place.database.execute(`INSERT INTO visits VALUES ${rows.join(', ')}`);
      }
      await visit('2014-06-09', 3);
      expect(await place.collecting.run(holding(), NEXT_RUN)).toMatchObject({
        outcome: 'failed',
        failure: { side: 'data' },
      });
      expect(await place.api.stored()).toHaveLength(6);
      await place.database.execute("UPDATE visits SET number = 40 WHERE channel = 'web' AND number = 3");
      expect(await place.collecting.run(holding(), NEXT_RUN)).toMatchObject({
        outcome: 'succeeded',
        records: 6_001,
      });
      const channels = (await place.api.stored()).map(({ channel }) => String(channel));
      expect(new Set(channels.filter((channel) => channel !== 'web'))).toEqual(
        new Set(numbers(0, 6_000).map((each) => `${each}${long}`)),
      );
      expect((await place.collecting.state.figuresOf('applications'))?.periods.at(-1)).toMatchObject({
        records: 6_001,
        sums: { number: '40' },
      });
    });
  },
);

describe('what is held back', () => {
  const place = collectingEach('better-sqlite3', startFaultyServer, [TABLE]);
  const visit = (day: string, number: number, channel = 'web') =>
    place.database.execute(`INSERT INTO visits VALUES ('${day}', '${channel}', ${number})`);

  test('is nothing of a first run, nor where fewer than three periods before are known', async () => {
    for (const [index, day] of MONDAYS.entries()) await visit(day, index === 2 ? 0 : 40);
    expect(await place.collecting.run(holding(), FIRST_RUN)).toMatchObject({ outcome: 'succeeded' });
    await visit('2014-06-10', 1_000);
    expect(await place.collecting.run(holding(), '2014-06-11T05:30:00Z')).toMatchObject({
      failure: { message: expect.stringContaining('2014-06-09 is 0, where 40 is usual') },
    });
  });

  test('is what the records add up to that would be sent, small numbers left out', async () => {
    const suppress = { fields: ['number'], below: 5 };
    const record = { timestamp: 'day', id: ['_timestamp', 'channel'], suppress };
    for (const [day, number] of USUAL_ROWS) await visit(day, number);
    await place.collecting.run(holding({ record }), FIRST_RUN);
    for (let channel = 0; channel < 10; channel++) await visit('2014-06-09', 4, String(channel));
    const result = await place.collecting.run(holding({ record }), NEXT_RUN);
    expect(result.failure?.message).toContain('the sum of number of 2014-06-09 is 0');
  });

  test('stays where the write API fails while it is sent, and leaves nothing behind', async () => {
    for (const [day, number] of USUAL_ROWS) await visit(day, number);
    await place.collecting.run(holding(), FIRST_RUN);
    const rows = Array.from(
      { length: 6_000 },
      (_, index) => `('2014-06-09', '${index}${'x'.repeat(1_500)}', 0)`,
    );
    await place.database.execute(`INSERT INTO visits VALUES ${rows.join(', ')}`);
    await visit('2014-06-09', 40);
    const begun: number[] = [];
    const { state } = place.collecting;
    const { beginPending } = state;
    state.beginPending = async (...given) => {
      const place = await beginPending.apply(state, given);
      begun.push(place);
      return place;
    };
    place.api.script(...Array(6).fill({ status: 200, body: { status: 'ok' } }), { status: 401, body: {} });
    expect(await place.collecting.run(holding(), NEXT_RUN)).toMatchObject({
      outcome: 'failed',
      failure: { side: 'refused' },
    });
    expect(begun).toHaveLength(1);
    expect(await state.nextPending(begun[0] ?? 0, undefined)).toBeUndefined();
    expect(await place.collecting.run(holding(), NEXT_RUN)).toMatchObject({ outcome: 'succeeded' });
  });
});
