import { expect, test } from 'vitest';
import { refuseRepeatedHours } from '../../src/collect/repeated-hours.ts';
import type { CursorSettings } from '../../src/config/schema/job-schema.ts';
import type { Column } from '../../src/model/row.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2014-06-10T05:30:00Z');

const columnsOf = (kind: Column['kind']): Column[] =>
  [
    { name: 'at', kind },
    { name: 'id', kind: 'integer' },
  ] as Column[];

function refused(lag: number, zone = 'Europe/London', kind: Column['kind'] = 'local-datetime'): boolean {
  const settings = { columns: ['at', 'id'], lag } as Pick<
    CursorSettings,
    'columns' | 'lag'
  > as CursorSettings;
  try {
    refuseRepeatedHours(settings, columnsOf(kind), zone, NOW);
    return false;
  } catch (error) {
    expect(error).toMatchObject({
      name: 'MappingError',
      remedy: expect.stringContaining('cursor.lag to 2h'),
    });
    return true;
  }
}

test('local times of a zone whose clocks are set back need a lag of two hours, and no minute less', () => {
  expect([0, HOUR, 2 * HOUR - 60_000, 2 * HOUR - 1].map((lag) => refused(lag))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect([2 * HOUR, 3 * HOUR].map((lag) => refused(lag))).toEqual([false, false]);
});

test('so do those of a zone where it is summer in December', () => {
  expect(refused(HOUR, 'Australia/Sydney')).toBe(true);
});

test('local times of a zone without summer time need none', () => {
  expect(refused(0, 'UTC')).toBe(false);
  expect(refused(0, 'Asia/Tokyo')).toBe(false);
});

test('times that say their offset need none, wherever they are', () => {
  expect(refused(0, 'Europe/London', 'instant')).toBe(false);
});
