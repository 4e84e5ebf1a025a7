import { describe, expect, test } from 'vitest';
import { nextRuns } from '../../src/schedule/next-runs.ts';
import { clock, HOUR, MINUTE, SECOND, START } from './scheduled-world.ts';

const TENS = '*/10 * * * *';

const runs = (schedule: string | undefined, laterStarts: readonly number[] = [], count = 3): string[] =>
  nextRuns({ schedule, timezone: 'UTC' }, START, laterStarts, count).map(clock);

describe('the next runs of a job', () => {
  test('are its ticks after now, and none without a schedule', () => {
    expect(runs(TENS)).toEqual(['06:10:00', '06:20:00', '06:30:00']);
    expect(runs(TENS, [], 1)).toEqual(['06:10:00']);
    expect(runs(undefined)).toEqual([]);
    expect(runs(undefined, [START + HOUR])).toEqual([]);
  });

  test('come after one that started a few minutes from now', () => {
    expect(runs('* * * * *', [START + 5 * MINUTE], 1)).toEqual(['06:06:00']);
    expect(runs('* * * * *', [START + 5 * MINUTE + 1], 1)).toEqual(['06:01:00']);
  });

  test('are not at a tick that had its run by a clock that was wrong', () => {
    const started = START + 20 * MINUTE + 2 * SECOND;
    expect(runs(TENS, [started])).toEqual(['06:10:00', '06:30:00', '06:40:00']);
  });

  test('are at all ticks where a run of a wrong clock was none of a tick', () => {
    expect(runs(TENS, [START + 23 * MINUTE])).toEqual(['06:10:00', '06:20:00', '06:30:00']);
    expect(runs('0 0 30 2 *', [START + HOUR])).toEqual([]);
  });

  test.each([0, 5])('are not at the last tick before a run that began %i s later', (later) => {
    const tick = START + 10 * MINUTE + 20 * SECOND;
    const next = nextRuns(
      { schedule: '*/20 * * * * *', timezone: 'UTC' },
      START,
      [tick + later * SECOND],
      40,
    );
    const all = Array.from({ length: 41 }, (_, index) => START + (index + 1) * 20 * SECOND);
    expect(next).toEqual(all.filter((each) => each !== tick));
  });

  test('are at the ticks between two runs of a wrong clock', () => {
    const started = [START + 10 * MINUTE, START + 40 * MINUTE];
    expect(runs(TENS, started)).toEqual(['06:20:00', '06:30:00', '06:50:00']);
  });

  test('are at none of an hour of ticks that had their runs, however many they were', () => {
    const started = Array.from({ length: 60 }, (_, index) => START + (index + 6) * MINUTE + SECOND);
    const next = ['06:01:00', '06:02:00', '06:03:00', '06:04:00', '06:05:00', '07:06:00'];
    expect(runs('* * * * *', started, 6)).toEqual(next);
  });

  test('do not wait for more than an hour of ticks that had their runs', () => {
    const started = Array.from({ length: 62 }, (_, index) => START + (index + 6) * MINUTE + SECOND);
    const next = ['06:06:00', '06:07:00', '06:08:00', '06:09:00'];
    expect(runs('* * * * *', started, 9).slice(-4)).toEqual(next);
  });

  test('of an hourly job wait for one tick that had its run, and not for two', () => {
    const [seven, eight] = [START + HOUR, START + 2 * HOUR];
    expect(runs('0 * * * *', [seven])).toEqual(['08:00:00', '09:00:00', '10:00:00']);
    expect(runs('0 * * * *', [seven, eight])).toEqual(['07:00:00', '08:00:00', '09:00:00']);
  });

  test('of a job that ticks less often than every hour wait for all that had their runs', () => {
    const started = [START + 2 * HOUR, START + 4 * HOUR];
    expect(runs('0 */2 * * *', started)).toEqual(['12:00:00', '14:00:00', '16:00:00']);
  });
});
