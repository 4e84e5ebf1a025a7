import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordDifference } from '../../src/model/verification.ts';
import { differences } from '../../src/verify/content.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { ALL_PRODUCTS } from '../support/databases.ts';
import { startWriteApi } from '../support/write-api.ts';

const NOW = '2015-02-01T05:00:00Z';
const TABLE =
  'CREATE TABLE visits (day date, channel varchar(20), visits bigint, rate decimal(30, 12), note varchar(40))';
const QUERY =
  'SELECT day, channel, visits, rate, note FROM visits WHERE day >= :from_date AND day < :to_date ORDER BY day, channel';

const DAYS = Array.from({ length: 31 }, (_, index) => `2015-01-${String(index + 1).padStart(2, '0')}`);

const job = (over: Record<string, unknown> = {}) =>
  jobOf({
    query: QUERY,
    window: { period: 'day', start: '2015-01-01', lookback: 3, max_periods: 7 },
    record: { timestamp: 'day', id: ['_timestamp', 'channel'] },
    ...over,
  });

/** The differences without what they hold. */
const listed = (differences: readonly RecordDifference[]) =>
  differences.map(({ standing, timestamp }) => `${standing} ${timestamp.slice(0, 10)}`).sort();

describe.each(ALL_PRODUCTS)('with a source of %s', (product) => {
  const place = collectingEach(product, () => startWriteApi({ raw_queries_allowed: true }), [TABLE]);

  const row = (day: string, channel: string, visits = '1', rate = '0.5', note = 'x') =>
    `('${day}', '${channel}', ${visits}, ${rate}, '${note}')`;
  const insert = (...rows: readonly string[]) =>
    place.database.execute(`INSERT INTO visits VALUES ${rows.join(', ')}`);

  const change = (day: string, channel: string, set: string) =>
    place.database.execute(`UPDATE visits SET ${set} WHERE day = '${day}' AND channel = '${channel}'`);

  test('finds what is missing, different and extra, and only that', async () => {
    // What is no double in the other databases is one in SQLite.
    const [rate, other] =
      product === 'sqlite'
        ? ['0.1', '0.2']
        : ['123456789012345678.000000000001', '123456789012345678.000000000002'];
    const rows = DAYS.flatMap((day) =>
      ['paper', 'digital', 'phone'].map((channel) =>
        row(day, channel, '9223372036854775807', rate, 'ä "quoted" / {}'),
      ),
    );
    await insert(...rows);
    await place.collecting.run(job(), NOW);
    const before = await place.collecting.verify(job(), NOW);
    expect(before.verification.counts).toEqual({
      ...{ source: 93, equal: 93, missing: 0, different: 0, extra: 0, setAside: 0 },
    });
    await change('2015-01-02', 'paper', 'visits = 9223372036854775806');
    await change('2015-01-03', 'paper', `rate = ${other}`);
    await place.database.execute("DELETE FROM visits WHERE day = '2015-01-04' AND channel = 'phone'");
    await insert(row('2015-01-05', 'post'), row('2015-02-01', 'paper'));
    const { counts, differences: found } = (await place.collecting.verify(job(), NOW)).verification;
    expect(counts).toEqual({ source: 93, equal: 90, missing: 1, different: 2, extra: 1, setAside: 0 });
    expect(listed(found)).toEqual([
      ...['different 2015-01-02', 'different 2015-01-03', 'extra 2015-01-04', 'missing 2015-01-05'],
    ]);
    const [first] = found.filter(({ standing }) => standing === 'different');
    expect(differences(first?.source ?? new Map(), first?.dataSet ?? new Map())).toEqual([
      { key: 'visits', source: '9223372036854775806', dataSet: '9223372036854775807' },
    ]);
    expect(Date.now() - Date.parse(first?.updatedAt ?? '')).toBeLessThan(60_000);
  });

  test('finds for random changes what changed', async () => {
    const days = DAYS.slice(0, 20);
    await insert(...days.map((day) => row(day, 'paper')));
    await place.collecting.run(job(), NOW);
    const fates = fc.array(fc.constantFrom('kept', 'deleted', 'changed', 'joined'), {
      minLength: 20,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(fates, async (fates) => {
        await place.database.execute('DELETE FROM visits');
        await insert(
          row('2015-02-01', 'paper'),
          ...fates.flatMap((fate, index) => {
            const day = days[index] ?? '';
            const own = fate === 'deleted' ? [] : [row(day, 'paper', fate === 'changed' ? '2' : '1')];
            return fate === 'joined' ? [...own, row(day, 'phone')] : own;
          }),
        );
        const { verification } = await place.collecting.verify(job(), NOW);
        const expected = fates.flatMap((fate, index) => {
          const standing = { kept: undefined, deleted: 'extra', changed: 'different', joined: 'missing' }[
            fate
          ];
          return standing === undefined ? [] : [`${standing} ${days[index]}`];
        });
        expect(listed(verification.differences)).toEqual(expected.sort());
        expect(verification.counts.equal).toBe(
          fates.filter((fate) => fate === 'kept' || fate === 'joined').length,
        );
      }),
      { numRuns: product === 'sqlite' ? 3 : 10 },
    );
  });
});
