import { describe, expect, test } from 'vitest';
import type { NewlySent, SentPeriod } from '../../src/model/sent-records.ts';
import type { State } from '../../src/model/state.ts';
import { stepOf } from './examples.ts';
import { dropDatabasesAfterwards, leaseOf, opened, PLACES } from './open-state.ts';

dropDatabasesAfterwards();

const ALL = { from: -1_000, to: 1_000_000 };
const words = (...numbers: readonly number[]) => Int32Array.of(...numbers);
const periodOf = (period: number, ...entries: readonly number[]): SentPeriod => ({
  period,
  entries: words(...entries),
});

const newly = (over: Partial<NewlySent> = {}): NewlySent => ({
  rules: 'r',
  periods: [],
  settled: { from: 0, to: 0 },
  keptFrom: ALL.from,
  ...over,
});

describe.each(PLACES)('what was sent of a job, in %s,', (place) => {
  /** A state to whose job `a` some steps have happened. */
  async function after(...steps: readonly Partial<NewlySent>[]): Promise<State> {
    const state = await opened(place);
    await leaseOf(state);
    const run = await state.beginRun('a', 1_000);
    for (const sent of steps) await state.acknowledged('a', run, stepOf({ sent: newly(sent) }));
    return state;
  }

  test('is remembered period by period, in whole words, and empty periods are', async () => {
    const entries = [-1, 2_147_483_647, -2_147_483_648, 0, 1, 2, 3, 4];
    const state = await after({ periods: [periodOf(20, ...entries), periodOf(-10)] });
    const known = [
      { period: -10, entries: words(), doubts: [] },
      { period: 20, entries: words(...entries), doubts: [] },
    ];
    expect(await state.sentOf('a', 'r', ALL)).toEqual(known);
    expect(await state.sentOf('a', 'r', { from: -10, to: 20 })).toEqual(known.slice(0, 1));
    expect(await state.sentOf('b', 'r', ALL)).toEqual([]);
  });

  test('is replaced where a period is given, and forgotten before the first that is kept', async () => {
    const state = await after(
      { periods: [10, 20, 30].map((period) => periodOf(period, period, 0, 1, 1)) },
      { periods: [periodOf(30, 7, 7, 7, 7)], keptFrom: 20 },
    );
    expect(await state.sentOf('a', 'r', ALL)).toEqual([
      { period: 20, entries: words(20, 0, 1, 1), doubts: [] },
      { period: 30, entries: words(7, 7, 7, 7), doubts: [] },
    ]);
  });

  test('is doubtful until a step settles it, also where nothing was sent before', async () => {
    const state = await after({ periods: [periodOf(10, 1, 1, 1, 1)] });
    await state.doubtSent('a', 'r', [
      { period: 10, ids: words(1, 1, 2, 2) },
      { period: 20, ids: 'all' },
    ]);
    await state.doubtSent('a', 'r', [{ period: 20, ids: words(3, 3) }]);
    expect(await state.sentOf('a', 'r', ALL)).toEqual([
      { period: 10, entries: words(1, 1, 1, 1), doubts: [words(1, 1, 2, 2)] },
      { period: 20, entries: undefined, doubts: ['all', words(3, 3)] },
    ]);
    const sent = newly({ periods: [periodOf(20, 3, 3, 5, 5)], settled: { from: 20, to: 30 } });
    await state.acknowledged('a', 1, stepOf({ sent }));
    expect(await state.sentOf('a', 'r', ALL)).toEqual([
      { period: 10, entries: words(1, 1, 1, 1), doubts: [words(1, 1, 2, 2)] },
      { period: 20, entries: words(3, 3, 5, 5), doubts: [] },
    ]);
    await state.acknowledged('a', 1, stepOf({ sent: newly({ keptFrom: 20 }) }));
    expect((await state.sentOf('a', 'r', ALL)).map(({ period }) => period)).toEqual([20]);
  });

  test('may be doubtful in more periods than one statement names', async () => {
    const state = await after();
    const periods = Array.from({ length: 250 }, (_, period) => period);
    await state.doubtSent(
      'a',
      'r',
      periods.map((period) => ({ period, ids: words(period, period) })),
    );
    const known = await state.sentOf('a', 'r', ALL);
    expect(known.map(({ period }) => period)).toEqual(periods);
    expect(known[249]?.doubts).toEqual([words(249, 249)]);
  });

  test('is void by other rules, and goes with the first doubt or step by them; doubts stay until they are settled', async () => {
    const periods = [periodOf(10, 1, 1, 1, 1)];
    const state = await after({ periods });
    expect(await state.sentOf('a', 'other', ALL)).toEqual([]);
    expect(await state.sentOf('a', 'r', ALL)).toHaveLength(1);
    await state.doubtSent('a', 'other', [{ period: 20, ids: 'all' }]);
    const doubted = { period: 20, entries: undefined, doubts: ['all'] };
    expect(await state.sentOf('a', 'r', ALL)).toEqual([doubted]);
    expect(await state.sentOf('a', 'other', ALL)).toEqual([doubted]);
    await state.acknowledged('a', 1, stepOf({ sent: newly({ rules: 'third', periods }) }));
    expect(await state.sentOf('a', 'other', ALL)).toEqual([doubted]);
    const [known, ...others] = await state.sentOf('a', 'third', ALL);
    expect([known?.doubts, others]).toEqual([[], [doubted]]);
    const settled = newly({ rules: 'third', settled: { from: 20, to: 30 } });
    await state.acknowledged('a', 1, stepOf({ sent: settled }));
    expect((await state.sentOf('a', 'third', ALL)).map(({ period }) => period)).toEqual([10]);
  });

  test('is forgotten with a reset, with progress that goes backwards, elsewhere, and on demand', async () => {
    const periods = [periodOf(10, 1, 1, 1, 1)];
    const isKnown = async (state: State) => (await state.sentOf('a', 'r', ALL)).length > 0;
    const state = await after({ periods });
    await state.setProgress('a', { collectedTo: 40 });
    await state.setProgress('a', { collectedTo: 50, fingerprint: '{}' });
    expect(await isKnown(state)).toBe(true);
    const again = () => state.acknowledged('a', 1, stepOf({ sent: newly({ periods }) }));
    const forgetting: readonly (() => Promise<void>)[] = [
      () => state.setProgress('a', { collectedTo: 40 }),
      () => state.setProgress('a', { collectedTo: 60 }, { elsewhere: true }),
      () => state.setProgress('a', undefined),
      () => state.forgetSent('a', 'records'),
    ];
    for (const forget of forgetting) {
      await again();
      expect(await isKnown(state)).toBe(true);
      await forget();
      expect(await isKnown(state)).toBe(false);
    }
  });

  test('stays doubtful whatever is forgotten, as what is on its way arrives all the same', async () => {
    const state = await after({ periods: [periodOf(10, 1, 1, 1, 1)] });
    await state.doubtSent('a', 'r', [{ period: 20, ids: 'all' }]);
    await state.forgetSent('a', 'records');
    await state.setProgress('a', undefined);
    expect(await state.sentOf('a', 'r', ALL)).toEqual([{ period: 20, entries: undefined, doubts: ['all'] }]);
  });

  test('is doubtful as a whole when only its content is forgotten', async () => {
    const state = await after({ periods: [periodOf(10, 1, 1, 1, 1), periodOf(20, 2, 2, 2, 2)] });
    await state.doubtSent('a', 'r', [{ period: 20, ids: words(3, 3) }]);
    await state.forgetSent('a', 'content');
    expect(await state.sentOf('a', 'r', ALL)).toEqual([
      { period: 10, entries: words(1, 1, 1, 1), doubts: ['all'] },
      { period: 20, entries: words(2, 2, 2, 2), doubts: [words(3, 3), 'all'] },
    ]);
  });

  test('is doubted by nobody who does not hold the lease of the job', async () => {
    const state = await opened(place);
    await expect(state.doubtSent('a', 'r', [{ period: 1, ids: 'all' }])).rejects.toThrow('lease');
    expect(await state.sentOf('a', 'r', ALL)).toEqual([]);
  });
});
