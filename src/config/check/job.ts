import type { z } from 'zod';
import { MODES, type Mode, TRAITS } from '../../model/mode.ts';
import { complain, isMapping } from './complain.ts';

/** A check may meet what the schema has refused: nothing is certain but that it is a mapping. */
type JobKeys = Readonly<Record<string, unknown>>;

/** The rules between the sections of a job: exactly one mode, and what only some of the modes have. */
export function checkJob(job: JobKeys, context: z.RefinementCtx): void {
  const modes = MODES.filter((mode) => job[mode] !== undefined);
  checkModes(modes, context);
  const [first] = modes;
  if (first !== undefined && !modes.some((mode) => TRAITS[mode].hasAllRecords))
    checkReplace(job, first, context);
  checkChange(job, modes, context);
  checkDeleted(job, modes, context);
  checkVerify(job, modes, context);
}

/** `a, b and c` */
const joinedByAnd = (modes: readonly Mode[]): string => new Intl.ListFormat('en-GB').format(modes);

const oneMode = (): string => `one of ${joinedByAnd(MODES)}`;

function checkModes([first, ...others]: readonly Mode[], context: z.RefinementCtx): void {
  if (first === undefined) {
    const collected = MODES.map((mode, index) => {
      return `${mode}${index === 0 ? ' collects' : ''} ${TRAITS[mode].collects}`;
    });
    const suggestion = collected.join(', ');
    complain(context, [], { code: 'missing-key', expected: oneMode(), got: 'none of them', suggestion });
  }
  for (const other of others) {
    const [expected, got] = [oneMode(), `${other} beside ${first}`];
    complain(context, [other], { code: 'contradiction', expected, got, atKey: true });
  }
}

interface ExpectKeys {
  readonly min_rows: number;
  readonly max_rows?: number | undefined;
  readonly change?: unknown;
  readonly on_violation: string;
}

/** No number of rows is both too few and too many, and numbers of rows are never only warned of. */
export function checkExpect(
  { min_rows: least, max_rows: most, change, on_violation }: ExpectKeys,
  context: z.RefinementCtx,
): void {
  if (on_violation === 'hold' && change === undefined) {
    const expected = 'change beside it, since min_rows and max_rows always hold back';
    complain(context, ['on_violation'], { code: 'contradiction', expected, got: 'no change' });
  }
  if (most === undefined || most >= least) return;
  const expected = `${least} or more, the number of min_rows`;
  complain(context, ['max_rows'], { code: 'contradiction', expected, got: String(most) });
}

/** Only where each run owes periods is there one to compare with those before. */
function checkChange({ expect, record }: JobKeys, modes: readonly Mode[], context: z.RefinementCtx): void {
  if (!isMapping(expect) || !isMapping(expect.change)) return;
  const [mode] = modes;
  if (mode !== undefined && !modes.some((each) => TRAITS[each].hasWindows)) {
    const expected = 'change only in window jobs, whose periods can be compared';
    complain(context, ['expect', 'change'], {
      code: 'contradiction',
      expected,
      got: `it beside ${mode}`,
      atKey: true,
    });
  }
  const { measure } = expect.change;
  const fields = isMapping(record) && isMapping(record.fields) ? Object.keys(record.fields) : undefined;
  if (fields === undefined || typeof measure !== 'string' || fields.includes(measure)) return;
  const expected = `one of record.fields (${fields.join(', ')})`;
  complain(context, ['expect', 'change', 'measure'], { code: 'wrong-value', expected, got: measure });
}

/** Only what is collected again, and always in the same window, can be found to be gone. */
function checkDeleted({ deleted, window }: JobKeys, modes: readonly Mode[], context: z.RefinementCtx): void {
  if (deleted !== 'remove') return;
  const refuse = (expected: string, got: string) =>
    complain(context, ['deleted'], { code: 'contradiction', expected, got });
  const [mode] = modes;
  if (mode !== undefined && !modes.some((each) => TRAITS[each].hasWindows))
    refuse('remove only in window jobs, which collect periods again', `it beside ${mode}`);
  if (!isMapping(window)) return;
  if (window.lookback === 0)
    refuse('a lookback of at least 1, since only what is collected again is compared', 'lookback: 0');
  if (window.allow_outside === true)
    refuse('no allow_outside, since then rows of a period may be in any window', 'allow_outside: true');
}

/** What is collected as it stands now is another thing tomorrow, and only windows have periods. */
function checkVerify({ verify }: JobKeys, [mode]: readonly Mode[], context: z.RefinementCtx): void {
  if (!isMapping(verify) || mode === undefined) return;
  const refuse = (path: string[], expected: string) =>
    complain(context, path, { code: 'contradiction', expected, got: `it beside ${mode}`, atKey: true });
  if (TRAITS[mode].hasAllRecords)
    refuse(['verify'], 'verify only in jobs whose rows stay as they were delivered, window and cursor');
  else if (!TRAITS[mode].hasWindows && verify.periods !== undefined)
    refuse(['verify', 'periods'], 'periods only in window jobs');
}

/** Emptying is safe only where each run has all records of the data set. */
function checkReplace({ data_set: dataSet }: JobKeys, mode: Mode, context: z.RefinementCtx): void {
  if (!isMapping(dataSet) || dataSet.replace !== true) return;
  const able = joinedByAnd(MODES.filter((each) => TRAITS[each].hasAllRecords));
  const expected = `replace: true only in ${able} jobs, whose every run has all the records`;
  complain(context, ['data_set', 'replace'], { code: 'contradiction', expected, got: `it beside ${mode}` });
}
