import { describe, expect, test } from 'vitest';
import type { State } from '../../src/model/state.ts';
import type { RememberedVerification } from '../../src/model/verification.ts';
import { dropDatabasesAfterwards, opened, PLACES } from './open-state.ts';

dropDatabasesAfterwards();

const verification = (job: string, startedAt: number, missing = 0): RememberedVerification => ({
  ...{ job, startedAt, endedAt: startedAt + 5, span: { from: 1, to: 2 } },
  outcome: { compared: 'records', source: 9, missing, different: 0, extra: 0, setAside: 1 },
});

const FAILED: RememberedVerification = {
  ...{ job: 'b', startedAt: 7, endedAt: 8 },
  outcome: {
    compared: 'nothing',
    failure: { side: 'source', message: 'it is down', remedy: 'Start it.' },
  },
};

describe.each(PLACES)('verifications, in %s,', (place) => {
  async function remembering(...verifications: RememberedVerification[]): Promise<State> {
    const state = await opened(place);
    for (const each of verifications) await state.rememberVerification(each);
    return state;
  }

  test('are remembered, newest first, and the newest of each job is known', async () => {
    const state = await remembering(verification('a', 10), verification('a', 20, 3), FAILED);
    expect(await state.verificationsOf('a')).toEqual([verification('a', 20, 3), verification('a', 10)]);
    expect(await state.verificationsOf('c')).toEqual([]);
    expect(await state.newestVerifications()).toEqual(
      new Map([
        ['a', verification('a', 20, 3)],
        ['b', FAILED],
      ]),
    );
  });

  test('are kept ten of a job', async () => {
    const state = await remembering(
      ...Array.from({ length: 13 }, (_, index) => verification('a', index)),
      FAILED,
    );
    const starts = (await state.verificationsOf('a')).map(({ startedAt }) => startedAt);
    expect(starts).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect(await state.verificationsOf('b')).toEqual([FAILED]);
  });

  test('of one moment are one', async () => {
    const state = await remembering(verification('a', 1), verification('a', 1, 4));
    expect(await state.verificationsOf('a')).toEqual([verification('a', 1, 4)]);
  });

  test('are forgotten when the job is reset or delivers elsewhere, and stay when it only goes back', async () => {
    const state = await remembering(verification('a', 1), FAILED);
    await state.setProgress('a', { collectedTo: 50 });
    expect(await state.verificationsOf('a')).toHaveLength(1);
    await state.setProgress('a', { collectedTo: 40 });
    expect(await state.verificationsOf('a')).toHaveLength(1);
    await state.setProgress('a', { collectedTo: 40 }, { elsewhere: true });
    expect(await state.verificationsOf('a')).toEqual([]);
    await state.setProgress('b', undefined);
    expect(await state.newestVerifications()).toEqual(new Map());
  });
});
