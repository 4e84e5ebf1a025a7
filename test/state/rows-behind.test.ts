import { describe, expect, test } from 'vitest';
import type { RowsBehind } from '../../src/model/rows-behind.ts';
import type { State } from '../../src/model/state.ts';
import { stepOf } from './examples.ts';
import { dropDatabasesAfterwards, leaseOf, opened, PLACES } from './open-state.ts';

dropDatabasesAfterwards();

const at = (text: string) => [{ kind: 'number', text }] as const;

const KNOWN: RowsBehind = {
  ...{ rules: 'r', lag: 30_000, looks: 1, rows: 2, behind: 3, late: 4 },
  stretch: { after: at('1'), end: at('12345678901234567890'), until: 5, readAt: 6, rows: ['a', 'b'] },
};

describe.each(PLACES)('what is known of rows behind the position, in %s,', (place) => {
  async function remembering(behind: RowsBehind): Promise<State> {
    const state = await opened(place);
    await leaseOf(state);
    const run = await state.beginRun('a', 1_000);
    await state.acknowledged('a', run, stepOf({ progress: { cursor: at('9') } }));
    await state.acknowledged('a', run, stepOf({ behind: { ...KNOWN, looks: 0 } }));
    await state.acknowledged('a', run, stepOf({ behind }));
    return state;
  }

  test('is what a step said last', async () => {
    const state = await remembering(KNOWN);
    await state.acknowledged('a', 1, stepOf({ progress: { cursor: at('10') } }));
    expect(await state.rowsBehindOf('a')).toEqual(KNOWN);
    expect(await state.rowsBehindOf('b')).toBeUndefined();
  });

  test('stays when the position stays, and is forgotten when it is moved by hand', async () => {
    const state = await remembering(KNOWN);
    await state.setProgress('a', { cursor: at('9'), fingerprint: 'f' });
    expect(await state.rowsBehindOf('a')).toEqual(KNOWN);
    await state.setProgress('a', { cursor: at('8') });
    expect(await state.rowsBehindOf('a')).toBeUndefined();
  });

  test('is forgotten when the job is reset', async () => {
    const state = await remembering(KNOWN);
    await state.setProgress('a', undefined);
    expect(await state.rowsBehindOf('a')).toBeUndefined();
  });
});
