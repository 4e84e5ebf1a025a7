import { describe, expect, test } from 'vitest';
import { DAY } from '../../src/calendar/durations.ts';
import { addLooks, type Looks } from '../../src/model/lateness.ts';
import type { State } from '../../src/model/state.ts';
import { stepOf } from './examples.ts';
import { dropDatabasesAfterwards, leaseOf, opened, PLACES } from './open-state.ts';

dropDatabasesAfterwards();

const FOUND = { wasKnown: true, records: 9, appeared: 1, changed: 2, vanished: 3 };

/** A look, on some day, at the two days before. */
const looksOn = (day: number): Looks => ({
  length: 'day',
  current: day * DAY,
  lookback: 2,
  periods: [1, 2].map((before) => ({ ...FOUND, period: (day - before) * DAY })),
});

describe.each(PLACES)('how late records of a job come, in %s,', (place) => {
  async function lookedOn(...days: readonly number[]): Promise<State> {
    const state = await opened(place);
    await leaseOf(state);
    const run = await state.beginRun('a', 1_000);
    for (const day of days)
      await state.acknowledged('a', run, stepOf({ progress: { collectedTo: day }, looks: looksOn(day) }));
    return state;
  }

  test('is counted step by step', async () => {
    const state = await lookedOn(10, 11, 12);
    const counted = [10, 11, 12].map(looksOn).reduce(addLooks, undefined);
    expect(counted?.ages[1]).toMatchObject({ periods: 2, appeared: 2, changed: 4, vanished: 6 });
    expect(await state.latenessOf('a')).toEqual(counted);
    expect(await state.latenessOf('b')).toBeUndefined();
  });

  test('stays what it is when nothing was compared, and when the job is taken back', async () => {
    const state = await lookedOn(10, 11);
    const before = await state.latenessOf('a');
    await state.acknowledged('a', await state.beginRun('a', 2_000), stepOf());
    await state.setProgress('a', { collectedTo: 1 });
    expect(await state.latenessOf('a')).toEqual(before);
  });

  test('is forgotten when the job is reset', async () => {
    const state = await lookedOn(10, 11);
    await state.setProgress('a', undefined);
    expect(await state.latenessOf('a')).toBeUndefined();
  });
});
