import { Batch } from '../../src/model/batch.ts';
import type { DeadLetter } from '../../src/model/dead-letter.ts';
import type { Step } from '../../src/model/progress.ts';
import { NO_COUNTS, type RunResult } from '../../src/model/run.ts';
import type { State } from '../../src/model/state.ts';

export const NOTHING = NO_COUNTS;

export const stepOf = (over: Partial<Step> = {}): Step => ({
  counts: NOTHING,
  deadLetters: [],
  delivered: [],
  ...over,
});

/** What a step says of keys whose newest version has arrived. */
export const deliveredOf = (...keys: readonly string[]): Step['delivered'] =>
  keys.map((key) => ({ key, reading: { run: 9, row: 9 } }));

/** Keys of the dead letters of a job, in order. */
export const keysOf = async (state: State, job: string): Promise<string[]> =>
  (await state.deadLetters({ job })).map(({ key }) => key).sort();

export const resultOf = (over: Partial<RunResult> = {}): RunResult => ({
  job: 'a',
  outcome: 'succeeded',
  startedAt: 1_000,
  endedAt: 2_000,
  window: { from: 10, to: 20 },
  failure: undefined,
  rows: 3,
  records: 3,
  unchanged: 4,
  vanished: 2,
  deadLetters: 1,
  requests: 1,
  bytesSent: 99,
  ...over,
});

export const letterOf = (key: string, over: Partial<DeadLetter> = {}): DeadLetter => ({
  key,
  reading: { run: 1, row: 1 },
  cause: 'refused',
  reason: 'the write API says: count must be a number',
  remedy: 'Correct the record section.',
  content: { kind: 'record', json: `{"_id":"${key}"}` },
  window: { from: 10, to: 20 },
  ...over,
});

export const batchOf = (...records: readonly string[]): Batch => Batch.of(records);
