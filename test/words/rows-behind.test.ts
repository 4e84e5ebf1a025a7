import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/calendar/durations.ts';
import { longerLag, type RowsBehind } from '../../src/model/rows-behind.ts';
import { rowsBehindSaid } from '../../src/words/rows-behind.ts';

const said = (known: RowsBehind | undefined, lag: number) =>
  rowsBehindSaid(known, lag, known && longerLag(known));

const LAG = 30 * SECOND;

const known = (over: Partial<RowsBehind> = {}): RowsBehind => ({
  ...{ rules: 'r', lag: LAG, looks: 24, rows: 12_408, behind: 0, late: 0 },
  ...over,
});

test('no row came behind the position', () => {
  expect(said(known(), LAG)).toEqual({
    measured: 'lag 30s: no row came behind the position in 24 looks at 12,408 rows',
    advice: undefined,
  });
});

test.each([
  [LAG, 0, '1m'],
  [LAG, 45 * SECOND, '90s'],
  [LAG, 61 * SECOND, '3m'],
  [90 * MINUTE, HOUR, '3h'],
  [90 * MINUTE, 2 * DAY, '4d'],
])('with a lag of %s ms rows that came %s ms late ask for %s', (lag, late, raiseTo) => {
  const { measured, advice } = said(known({ lag, late, behind: 3 }), lag);
  expect(measured).toContain(': 3 rows came behind the position in 24 looks');
  expect(advice).toBe(`raise lag, to ${raiseTo} for a start`);
});

test.each([
  [known({ looks: 0 }), LAG, 'nothing is known yet'],
  [undefined, LAG, 'nothing is known yet'],
  [known({ behind: 3 }), MINUTE, 'nothing is known yet'],
  [known({ behind: 3 }), 0, 'without a lag nobody looks'],
])('of what was not looked at nothing is said', (each, lag, text) => {
  const { measured, advice } = said(each, lag);
  expect(measured).toContain(text);
  expect(advice).toBeUndefined();
});
