import { describe, expect, test } from 'vitest';
import { takenBack, warnOfFuture } from '../../src/collect/future-position.ts';
import type { RunContext } from '../../src/collect/run-context.ts';
import { RunSoFar } from '../../src/collect/run-so-far.ts';
import type { WindowJob } from '../../src/config/config.ts';
import type { Progress } from '../../src/model/progress.ts';
import type { RunEvent } from '../../src/model/run-event.ts';
import { jobOf } from '../support/collecting.ts';

const SECOND = 1_000;
const DAY = 86_400_000;
const NOW = Date.parse('2014-06-10T05:30:00Z');

const cursorJob = jobOf({
  cursor: { columns: ['at'], start: ['2014-01-01T00:00:00Z'] },
  query: 'SELECT at, id FROM events WHERE at > :at ORDER BY at',
  record: { timestamp: 'at', id: ['id'] },
});

/** A run at `NOW` of a job that stands somewhere, and what it tells and sets. */
function runOf(progress: Progress | undefined, job = jobOf(), zone = 'UTC') {
  const told: RunEvent[] = [];
  const set: (Progress | undefined)[] = [];
  const about = { job: job.name, number: 1, startedAt: NOW, maxDeadLetters: 0, now: () => NOW };
  const run = new RunSoFar({ ...about, observer: (event) => void told.push(event) });
  const state = { setProgress: async (_job: string, right: Progress | undefined) => void set.push(right) };
  const context = {
    job,
    run,
    progress,
    route: { localTime: { zone } },
    state,
  } as unknown as RunContext<WindowJob>;
  return { context, told, set };
}

describe('a position later than the clock of the database', () => {
  const warnings = (progress: Progress | undefined, job = jobOf(), zone = 'UTC') => {
    const { context, told } = runOf(progress, job, zone);
    warnOfFuture(context, NOW);
    return told.map((event) => (event.kind === 'position-in-future' ? event.ahead : event.kind));
  };

  test('is told when it is later by more than a minute, which the clocks of two machines may differ', () => {
    expect(warnings({ collectedTo: NOW + 60 * SECOND })).toEqual([]);
    expect(warnings({ collectedTo: NOW + 61 * SECOND })).toEqual([61 * SECOND]);
    expect(warnings({ collectedTo: NOW - DAY })).toEqual([]);
    expect(warnings(undefined)).toEqual([]);
  });

  test('is told of a cursor, by the clock of the zone in which the database prints it', () => {
    const cursor = (text: string) => ({ cursor: [{ kind: 'datetime', text } as const] });
    expect(warnings(cursor('2014-06-10 05:31:00'), cursorJob)).toEqual([]);
    expect(warnings(cursor('2014-06-10 05:31:01'), cursorJob)).toEqual([61 * SECOND]);
    expect(warnings(cursor('2014-06-10 06:31:00'), cursorJob, 'Europe/London')).toEqual([]);
    expect(warnings(cursor('2014-06-10 06:31:01'), cursorJob, 'Europe/London')).toEqual([61 * SECOND]);
  });
});

describe('a position later than both clocks', () => {
  const MINUTES = 60 * SECOND;

  test('is taken back to the end of the last period that is over', async () => {
    const { context, set } = runOf({ collectedTo: NOW + DAY, fingerprint: '{}' });
    const right = { collectedTo: Date.parse('2014-06-09T23:00:00Z'), fingerprint: '{}' };
    expect(await takenBack(context, NOW)).toEqual(right);
    expect(set).toEqual([right]);
  });

  test.each([
    ['the clock of the database has reached it', NOW + DAY, NOW + DAY],
    ['a small step of a clock explains it', NOW + MINUTES, NOW],
    ['it is so far away that no clock is believed', NOW + 32 * DAY, NOW],
  ])('stays where it is when %s', async (_why, collectedTo, clock) => {
    const { context, set } = runOf({ collectedTo });
    expect(await takenBack(context, clock)).toEqual({ collectedTo });
    expect(set).toEqual([]);
  });
});
