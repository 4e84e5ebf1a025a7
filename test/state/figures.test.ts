import { describe, expect, test } from 'vitest';
import { MOST_MEASURES, MOST_PERIODS, type PeriodFigures } from '../../src/model/figures.ts';
import type { NewFigures } from '../../src/model/progress.ts';
import type { State } from '../../src/model/state.ts';
import { stepOf } from './examples.ts';
import { dropDatabasesAfterwards, leaseOf, opened, PLACES } from './open-state.ts';

dropDatabasesAfterwards();

const of = (period: number, records: number, count: string): PeriodFigures => ({
  period,
  records,
  sums: { count },
});

const cursorAt = (text: string) => ({ cursor: [{ kind: 'number', text } as const] });

describe.each(PLACES)('the figures of a job, in %s,', (place) => {
  /** A state to which a job has added something. */
  async function added(...steps: readonly Partial<NewFigures>[]): Promise<State> {
    const state = await opened(place);
    await leaseOf(state);
    const run = await state.beginRun('a', 1_000);
    for (const step of steps)
      await state.acknowledged('a', run, stepOf({ figures: { length: 'day', periods: [], ...step } }));
    return state;
  }
  const periodsOf = async (state: State) => (await state.figuresOf('a'))?.periods;

  test('are added up exactly, period by period', async () => {
    const state = await added(
      { periods: [of(20, 2, '0.1'), of(10, 1, '9007199254740993')] },
      { periods: [of(20, 3, '0.2'), { period: 30, records: 1, sums: {} }] },
    );
    expect(await state.figuresOf('a')).toEqual({
      length: 'day',
      periods: [of(10, 1, '9007199254740993'), of(20, 5, '0.3'), { period: 30, records: 1, sums: {} }],
    });
    expect(await state.figuresOf('b')).toBeUndefined();
  });

  test('are replaced where their periods are collected anew', async () => {
    const state = await added(
      { periods: [of(10, 1, '1'), of(20, 2, '2'), of(30, 3, '3'), of(40, 4, '4')] },
      { periods: [of(30, 7, '7')], replaces: { from: 20, to: 40 } },
    );
    expect(await periodsOf(state)).toEqual([of(10, 1, '1'), of(30, 7, '7'), of(40, 4, '4')]);
  });

  test('of a snapshot replace those of other snapshots, batch by batch, and what is sent later is added', async () => {
    const state = await added(
      { periods: [of(10, 1, '1'), of(20, 2, '2')], snapshot: 1 },
      { periods: [of(20, 5, '50')], snapshot: 2 },
      { periods: [of(20, 5, '6')], snapshot: 2 },
      { periods: [of(20, 1, '1')] },
      { periods: [of(20, 1, '1')], snapshot: 2 },
    );
    expect(await periodsOf(state)).toEqual([of(10, 1, '1'), of(20, 12, '58')]);
  });

  test('are kept of the newest periods and of the first fields', async () => {
    const periods = Array.from({ length: MOST_PERIODS + 5 }, (_, period) => of(period, 1, '1'));
    const sums = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`field_${index}`, '1']));
    const state = await added({ periods }, { periods: [{ period: 9_000, records: 1, sums }] });
    const kept = (await periodsOf(state)) ?? [];
    expect(kept.length).toBe(MOST_PERIODS);
    expect(kept[0]).toEqual(of(6, 1, '1'));
    expect(Object.keys(kept.at(-1)?.sums ?? {})).toEqual(Object.keys(sums).slice(0, MOST_MEASURES));
  });

  test('are told of several jobs at once, without their sums: the newest periods up to a bound', async () => {
    const state = await added({ periods: [10, 20, 30, 40, 9_000].map((period) => of(period, period, '1')) });
    await leaseOf(state, 'b');
    const run = await state.beginRun('b', 1_000);
    const figures = { length: 'week', periods: [of(14, 2, '2')] } as const;
    await state.acknowledged('b', run, stepOf({ figures }));
    expect(await state.recentRecords(['a', 'b', 'c'], 100, 3)).toEqual(
      new Map([
        ['a', { length: 'day', periods: [20, 30, 40].map((period) => ({ period, records: period })) }],
        ['b', { length: 'week', periods: [{ period: 14, records: 2 }] }],
      ]),
    );
    expect((await state.recentRecords(['a'], 100, 30)).get('a')?.periods).toHaveLength(4);
    expect(await state.recentRecords([], 100, 3)).toEqual(new Map());
  });

  test('begin anew when the periods of the job have another length', async () => {
    const state = await added({ periods: [of(10, 1, '1')] }, { length: 'week', periods: [of(14, 2, '2')] });
    expect(await state.figuresOf('a')).toEqual({ length: 'week', periods: [of(14, 2, '2')] });
  });

  test('go with what counts as collected no more', async () => {
    const state = await added({ periods: [of(10, 1, '1'), of(20, 2, '2')] });
    await state.setProgress('a', { collectedTo: 30 });
    await state.setProgress('a', { collectedTo: 40 });
    expect(await periodsOf(state)).toHaveLength(2);
    await state.setProgress('a', { collectedTo: 20 });
    expect(await periodsOf(state)).toEqual([of(10, 1, '1')]);
    await state.setProgress('a', { collectedTo: 20 }, { elsewhere: true });
    expect(await periodsOf(state)).toBeUndefined();
  });

  test('go when a job is reset, and when its cursor is moved by hand', async () => {
    const reset = await added({ periods: [of(10, 1, '1')] });
    await reset.setProgress('a', undefined);
    expect(await periodsOf(reset)).toBeUndefined();
    const moved = await added({ periods: [of(10, 1, '1')] });
    await moved.acknowledged('a', 1, stepOf({ progress: cursorAt('5') }));
    await moved.setProgress('a', { ...cursorAt('5'), fingerprint: '{}' });
    expect(await periodsOf(moved)).toHaveLength(1);
    await moved.setProgress('a', cursorAt('4'));
    expect(await periodsOf(moved)).toBeUndefined();
  });
});
