import { beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/model/run-event.ts';
import type { Unusual } from '../../src/model/unusual-figures.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { type ReceivedRequest, STORED, startFaultyServer } from '../support/faulty-server.ts';

const NOW = '2014-06-10T05:30:00Z';

const place = collectingEach('better-sqlite3', startFaultyServer, [
  'CREATE TABLE visits (day date, at datetime, channel text, number integer, cost real)',
]);

const visit = (at: string, channel: string, number: number | null, cost = 0.5) =>
  place.database.execute(
    `INSERT INTO visits VALUES ('${at.slice(0, 10)}', '${at}', '${channel}', ${number}, ${cost})`,
  );

/** From here on batches with such a channel in them are refused. */
const refuse = (channel: string | undefined) =>
  place.api.otherwise(({ text }: ReceivedRequest) =>
    text.includes(`"channel":"${channel}"`) ? { status: 400, body: { messages: ['no'] } } : STORED,
  );

/** `06-09: 2, cost 0.75, number 5` */
async function figures(): Promise<readonly string[] | undefined> {
  const known = await place.collecting.state.figuresOf('applications');
  return known?.periods.map(({ period, records, sums }) => {
    const each = Object.entries(sums)
      .sort()
      .map(([measure, sum]) => `, ${measure} ${sum}`);
    return `${new Date(period).toISOString().slice(5, known.length === 'hour' ? 13 : 10)}: ${records}${each.join('')}`;
  });
}

const small = { max_batch_records: 1, max_batch_bytes: 1_048_576, requests_in_flight: 2 };

describe('of a window job', () => {
  const job = (over: Record<string, unknown> = {}) =>
    jobOf({
      window: { period: 'day', lookback: 3 },
      query:
        'SELECT day, channel, number, cost FROM visits WHERE day >= :from_date AND day < :to_date ORDER BY 1, 2',
      record: { timestamp: 'day', id: ['_timestamp', 'channel'] },
      ...over,
    });

  beforeEach(async () => {
    await visit('2014-06-07', 'web', 12);
    await visit('2014-06-09', 'web', 3, 0.1);
    await visit('2014-06-09', 'post', null, 0.2);
  });

  test('a new day that differs from the same weekday before is told of once, others not', async () => {
    const told: Unusual[] = [];
    const observer = (event: RunEvent) => {
      if (event.kind === 'unusual-figures') told.push(event);
    };
    const weekly = job({ expect: { change: { measure: 'number', at_most: '50%' } } });
    for (const day of ['2014-05-19', '2014-05-26', '2014-06-02']) await visit(day, 'web', 40);
    await visit('2014-06-08', 'web', 1_000);
    const span = { from: Date.parse('2014-05-18T23:00:00Z'), to: Date.parse('2014-06-08T23:00:00Z') };
    await place.collecting.run(weekly, '2014-06-09T05:30:00Z', { observer });
    await place.collecting.run(weekly, '2014-06-09T05:30:00Z', {
      observer,
      span: { ...span, resume: false },
    });
    expect(told).toEqual([]);
    await place.collecting.run(weekly, NOW, { observer });
    expect(told).toMatchObject([{ period: Date.parse('2014-06-09'), amount: 3, usual: 40 }]);
    await place.collecting.run(weekly, NOW, { observer });
    expect(told).toHaveLength(1);
  });

  test('a day that is collected again is told of when it has changed, and a day that was not over as a new one', async () => {
    const told: string[] = [];
    const observer = (event: RunEvent) => {
      if (event.kind === 'unusual-figures')
        told.push(`${new Date(event.period).toISOString().slice(5, 10)}: ${event.amount}`);
    };
    const window = { period: 'day', lookback: 3, start: '2014-05-19', include_current: true };
    const daily = job({ window, expect: { change: { measure: 'number', at_most: '50%' } } });
    for (const day of ['2014-05-19', '2014-05-26', '2014-06-02']) await visit(day, 'web', 40);
    for (const day of ['2014-05-20', '2014-05-27', '2014-06-03']) await visit(day, 'web', 40);
    await place.database.execute("UPDATE visits SET number = 40 WHERE day = '2014-06-09'");
    await place.collecting.run(daily, '2014-06-09T05:30:00Z', { observer });
    await visit('2014-06-10', 'web', 5);
    await place.collecting.run(daily, NOW, { observer });
    expect(told).toEqual(['06-09: 80']);
    await place.database.execute("DELETE FROM visits WHERE day = '2014-06-09'");
    await place.collecting.run(daily, '2014-06-11T05:30:00Z', { observer });
    expect(told).toEqual(['06-09: 80', '06-09: 0', '06-10: 5']);
    await place.collecting.run(daily, '2014-06-11T06:30:00Z', { observer });
    expect(told).toHaveLength(3);
  });

  test('a measure that no record has is told of once in a run', async () => {
    const told: RunEvent[] = [];
    const observer = (event: RunEvent) => {
      if (event.kind === 'unknown-measure') told.push(event);
    };
    const expecting = (measure: string) =>
      job({
        window: { period: 'day', lookback: 3, max_periods: 1 },
        expect: { change: { measure, at_most: '50%' } },
      });
    await place.collecting.run(expecting('numbr'), NOW, { observer });
    expect(told).toMatchObject([{ remedy: expect.stringMatching(/^Write number, or leave measure out/) }]);
    await place.collecting.run(expecting('channel'), NOW, { observer });
    expect(told[1]).toMatchObject({ remedy: expect.stringMatching(/^Write number or cost, or leave/) });
    await place.collecting.run(expecting('cost'), NOW, { observer });
    expect(told).toHaveLength(2);
  });

  test('what has arrived is added up day by day, those included on which nothing was', async () => {
    await place.collecting.run(job(), NOW, { limits: small });
    expect(await place.collecting.state.figuresOf('applications')).toMatchObject({ length: 'day' });
    expect(await figures()).toEqual([
      '06-07: 1, cost 0.5, number 12',
      '06-08: 0',
      '06-09: 2, cost 0.3, number 3',
    ]);
  });

  test('days that are collected again are replaced', async () => {
    await place.collecting.run(job(), NOW);
    await place.database.execute("UPDATE visits SET number = 100 WHERE day = '2014-06-07'");
    await place.database.execute("DELETE FROM visits WHERE day = '2014-06-09'");
    await place.collecting.run(job({ window: { period: 'day', lookback: 2 } }), NOW);
    expect(await figures()).toEqual(['06-07: 1, cost 0.5, number 12', '06-08: 0', '06-09: 0']);
    const span = {
      from: Date.parse('2014-06-06T23:00:00Z'),
      to: Date.parse('2014-06-07T23:00:00Z'),
      resume: false,
    };
    await place.collecting.run(job(), NOW, { span });
    expect(await figures()).toEqual(['06-07: 1, cost 0.5, number 100', '06-08: 0', '06-09: 0']);
  });

  test('records that are refused are left out until they are sent after all', async () => {
    refuse('web');
    expect(await place.collecting.run(job(), NOW)).toMatchObject({ outcome: 'partial', deadLetters: 2 });
    expect(await figures()).toEqual([
      '06-07: 0, cost 0, number 0',
      '06-08: 0',
      '06-09: 1, cost 0.2, number 0',
    ]);
    refuse(undefined);
    await place.collecting.replay(job(), NOW);
    expect(await figures()).toEqual([
      '06-07: 1, cost 0.5, number 12',
      '06-08: 0',
      '06-09: 2, cost 0.3, number 3',
    ]);
  });

  test('records that are let in from outside of the window are in no figures, however often it is collected', async () => {
    const letting = job({
      window: { period: 'day', lookback: 3, allow_outside: true },
      query:
        "SELECT date(day, '-1 day') AS day, channel, number FROM visits WHERE day >= :from_date AND day < :to_date " +
        "UNION ALL SELECT day, 'all', number FROM visits WHERE day >= :from_date AND day < :to_date AND number > 5",
    });
    for (let run = 0; run < 2; run++) {
      await place.collecting.run(letting, NOW);
      expect(await figures()).toEqual(['06-07: 1, number 12', '06-08: 2, number 3', '06-09: 0']);
    }
  });

  test('a window that fails leaves no figures, whatever of it had arrived', async () => {
    await place.collecting.run(job(), NOW);
    await visit('2014-06-09', 'zzz', 5);
    place.api.script(STORED, { status: 401, body: { messages: ['no'] } });
    expect(await place.collecting.run(job(), NOW, { limits: small })).toMatchObject({ outcome: 'failed' });
    expect((await figures())?.at(-1)).toBe('06-09: 2, cost 0.3, number 3');
  });

  test('small numbers that are not sent are in no sum, nor when a dead letter is replayed', async () => {
    const suppress = { fields: ['number'], below: 5, replace_with: null };
    const hiding = job({ record: { timestamp: 'day', id: ['_timestamp', 'channel'], suppress } });
    refuse('web');
    await place.collecting.run(hiding, NOW);
    refuse(undefined);
    await place.collecting.replay(hiding, NOW);
    expect(await figures()).toEqual(['06-07: 1, cost 0.5, number 12', '06-08: 0', '06-09: 2, cost 0.3']);
  });
});

describe('of a cursor job', () => {
  const job = () =>
    jobOf({
      cursor: { columns: ['at'], start: ['2014-01-01T00:00:00Z'] },
      query: 'SELECT at, channel, number FROM visits WHERE at > :at ORDER BY at',
      record: { timestamp: 'at', id: ['channel'] },
    });

  test('what has arrived is added up by days of its zone, and what comes later is added', async () => {
    await visit('2014-06-07 22:59:59', 'a', 1);
    await visit('2014-06-07 23:00:00', 'b', 2);
    await place.collecting.run(job(), NOW);
    expect(await figures()).toEqual(['06-07: 1, number 1', '06-08: 1, number 2']);
    await visit('2014-06-08 10:00:00', 'c', 40);
    await place.collecting.run(job(), NOW);
    await place.collecting.run(job(), NOW);
    expect(await figures()).toEqual(['06-07: 1, number 1', '06-08: 2, number 42']);
  });

  test('when a run ends early, rows count once that are collected again', async () => {
    await visit('2014-06-07 10:00:00', 'a', 1);
    await visit('2014-06-08 10:00:00', 'b', 2);
    for (const [channel, number] of [
      ['c', 4],
      ['d', 8],
      ['e', 16],
    ] as const)
      await visit('2014-06-08 11:00:00', channel, number);
    const failing = { status: 401, body: { messages: ['no'] } };
    place.api.script(STORED, STORED, STORED, failing);
    const limits = { ...small, requests_in_flight: 1 };
    expect(await place.collecting.run(job(), NOW, { limits })).toMatchObject({
      outcome: 'failed',
      records: 3,
    });
    // The third record has arrived, but the job stands before its group.
    expect(await figures()).toEqual(['06-07: 1, number 1', '06-08: 1, number 2']);
    await place.collecting.run(job(), NOW, { limits });
    expect(await figures()).toEqual(['06-07: 1, number 1', '06-08: 4, number 30']);
  });

  test('when a run ends early, a refused record is left out where its group is counted', async () => {
    for (const [at, channel, number] of [
      ['2014-06-08 10:00:00', 'a', 1],
      ['2014-06-08 11:00:00', 'b', 2],
      ['2014-06-08 11:00:00', 'c', 4],
      ['2014-06-08 11:00:00', 'd', 8],
      ['2014-06-08 12:00:00', 'e', 16],
    ] as const)
      await visit(at, channel, number);
    const limits = { ...small, requests_in_flight: 1 };
    const refusedAndFailing = (failing: string | undefined) =>
      place.api.otherwise(({ text }: ReceivedRequest) => {
        if (text.includes('"channel":"b"')) return { status: 400, body: { messages: ['no'] } };
        if (text.includes(`"channel":"${failing}"`)) return { status: 401, body: { messages: ['no'] } };
        return STORED;
      });
    refusedAndFailing('d');
    expect(await place.collecting.run(job(), NOW, { limits })).toMatchObject({ outcome: 'failed' });
    // The job stands before the group of the record that was refused.
    expect(await figures()).toEqual(['06-08: 1, number 1']);
    refusedAndFailing('e');
    expect(await place.collecting.run(job(), NOW, { limits })).toMatchObject({ outcome: 'failed' });
    expect(await figures()).toEqual(['06-08: 3, number 13']);
    refusedAndFailing(undefined);
    await place.collecting.run(job(), NOW, { limits });
    expect(await figures()).toEqual(['06-08: 4, number 29']);
  });
});

describe('of a snapshot job', () => {
  const job = (over: Record<string, unknown> = {}) =>
    jobOf({
      snapshot: { period: 'hour', keep_pending: '2d' },
      query: 'SELECT channel, number FROM visits ORDER BY channel',
      record: { id: ['_timestamp', 'channel'] },
      ...over,
    });

  beforeEach(async () => {
    await visit('2014-06-07', 'post', 30);
    await visit('2014-06-07', 'web', 12);
  });

  test('each period has those of its newest snapshot', async () => {
    await place.collecting.run(job(), '2014-06-10T05:30:00Z', { limits: small });
    await place.collecting.run(job(), '2014-06-10T06:30:00Z', { limits: small });
    await place.database.execute("UPDATE visits SET number = 1 WHERE channel = 'web'");
    await place.collecting.run(job(), '2014-06-10T06:45:00Z', { limits: small });
    expect(await figures()).toEqual(['06-10T05: 2, number 42', '06-10T06: 2, number 31']);
  });

  test('one without rows leaves a 0, in the place of what an earlier one of its period had', async () => {
    await place.collecting.run(job(), '2014-06-10T05:30:00Z');
    await place.database.execute('DELETE FROM visits');
    await place.collecting.run(job(), '2014-06-10T06:30:00Z');
    expect(await figures()).toEqual(['06-10T05: 2, number 42', '06-10T06: 0']);
    await place.collecting.run(job(), '2014-06-10T06:40:00Z', { tick: Date.parse('2014-06-10T05:00:00Z') });
    expect(await figures()).toEqual(['06-10T05: 0', '06-10T06: 0']);
    await visit('2014-06-10', 'web', 7);
    await place.collecting.run(job(), '2014-06-10T06:45:00Z');
    expect(await figures()).toEqual(['06-10T05: 0', '06-10T06: 1, number 7']);
  });

  test('what is sent by a later run is added to what had arrived before', async () => {
    place.api.script(STORED, { status: 401, body: { messages: ['no'] } });
    const limits = { ...small, requests_in_flight: 1 };
    await place.collecting.run(job(), '2014-06-10T05:30:00Z', { limits });
    expect(await figures()).toEqual(['06-10T05: 1, number 30']);
    await place.collecting.run(job(), '2014-06-10T06:30:00Z', { limits, onlyPending: true });
    expect(await figures()).toEqual(['06-10T05: 2, number 42']);
  });

  test('records that are refused and small numbers are left out', async () => {
    refuse('post');
    const record = { id: ['_timestamp', 'channel'], suppress: { fields: ['number'], below: 20 } };
    await place.collecting.run(job({ record }), '2014-06-10T05:30:00Z');
    expect(await figures()).toEqual(['06-10T05: 1']);
    refuse(undefined);
    await place.collecting.replay(job({ record }), '2014-06-10T05:40:00Z');
    expect(await figures()).toEqual(['06-10T05: 2, number 30']);
  });
});
