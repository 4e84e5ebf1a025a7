import type { z } from 'zod';
import { complain, isMapping } from './complain.ts';

/** The three ways to collect, of which a job has one. */
export const MODES = ['window', 'cursor', 'snapshot'] as const;

/** A check may meet what the schema has refused: nothing is certain but that it is a mapping. */
type JobKeys = Readonly<Record<string, unknown>>;

/** The rules between the sections of a job: exactly one mode, and what only some of the modes have. */
export function checkJob(job: JobKeys, context: z.RefinementCtx): void {
  const modes = MODES.filter((mode) => job[mode] !== undefined);
  checkModes(modes, context);
  if (modes.length > 0 && !modes.includes('snapshot')) checkReplace(job, modes[0] ?? 'window', context);
  if (!modes.includes('snapshot')) checkTimestamp(job, context);
}

function checkModes([first, ...others]: readonly string[], context: z.RefinementCtx): void {
  if (first === undefined) {
    complain(context, [], {
      code: 'missing-key',
      expected: 'one of window, cursor and snapshot',
      got: 'none of them',
      suggestion:
        'window collects periods that are over, cursor the rows that are new, snapshot how things stand now',
    });
  }
  for (const other of others) {
    const [expected, got] = ['one of window, cursor and snapshot', `${other} beside ${first}`];
    complain(context, [other], { code: 'contradiction', expected, got, atKey: true });
  }
}

/** Emptying is safe only where each run has all records of the data set. */
function checkReplace({ data_set: dataSet }: JobKeys, mode: string, context: z.RefinementCtx): void {
  if (!isMapping(dataSet) || dataSet.replace !== true) return;
  const expected = 'replace: true only in snapshot jobs, whose every run has all the records';
  complain(context, ['data_set', 'replace'], { code: 'contradiction', expected, got: `it beside ${mode}` });
}

/** Only a snapshot has a time of its own. */
function checkTimestamp({ record }: JobKeys, context: z.RefinementCtx): void {
  if (!isMapping(record) || record.timestamp !== undefined) return;
  const expected = 'the name of a column, or { column: …, format: … }';
  complain(context, ['record', 'timestamp'], { code: 'missing-key', expected });
}
