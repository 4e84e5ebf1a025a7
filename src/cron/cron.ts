import { daysOf, fieldsOf, NICKNAMES, splitExpression } from './cron-pattern.ts';
import { tickAfter } from './next-tick.ts';

/**
 * Cron expressions: which ones are understood, and when they tick. The grammar is that of Vixie's cron, read strictly:
 * what other readers take for something else than it looks (`5-1`, steps of 61, `janfeb`, `L`) is a mistake. Where the
 * day of the month and that of the week are both restricted a tick comes on either, but on both where one of them
 * begins with `*`.
 */

const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export interface CronProblem {
  /** What should stand there, to follow "expected". */
  readonly expected: string;
  /** What stands there, to follow "got". */
  readonly got: string;
  /** Start and end of the fields that are wrong; left out: it is the whole expression. */
  readonly part?: readonly [number, number] | undefined;
}

/** What is wrong with a cron expression; undefined when nothing is. */
export function cronProblem(expression: string): CronProblem | undefined {
  const parts = splitExpression(expression);
  return wrongLength(expression, parts) ?? wrongField(expression, parts) ?? impossibleDate(expression, parts);
}

/**
 * The first tick after an instant, both in epoch milliseconds; undefined when there is none. A fixed time that the
 * spring change skips ticks when the gap ends, one that the autumn change repeats ticks the first time only; patterns
 * with `*` or steps in the minute or hour tick all through both.
 *
 * @throws RangeError when the expression is not valid or there is no such zone
 */
export function nextTick(expression: string, timeZone: string, after: number): number | undefined {
  const problem = cronProblem(expression);
  if (problem !== undefined) throw new RangeError(`expected ${problem.expected}, got ${problem.got}`);
  return tickAfter(expression, timeZone, after);
}

/** The first `count` ticks after an instant; see {@link nextTick}. */
export function nextTicks(expression: string, timeZone: string, after: Date, count: number): Date[] {
  const ticks: Date[] = [];
  for (let tick: number | undefined = after.getTime(); ticks.length < count; ) {
    tick = nextTick(expression, timeZone, tick);
    if (tick === undefined) break;
    ticks.push(new Date(tick));
  }
  return ticks;
}

function wrongLength(expression: string, parts: readonly string[]): CronProblem | undefined {
  if (parts.length === 5 || parts.length === 6) return undefined;
  if (expression.trim().startsWith('@')) {
    const expected = `${[...NICKNAMES.keys()].join(', ')} or 5 or 6 fields`;
    return { expected, got: JSON.stringify(expression.trim()) };
  }
  return {
    expected: '5 fields (minute, hour, day of month, month, day of week) or 6 (second first)',
    got: parts.length === 0 ? 'nothing' : `${parts.length} ${parts.length === 1 ? 'field' : 'fields'}`,
  };
}

function wrongField(expression: string, parts: readonly string[]): CronProblem | undefined {
  for (const [index, field] of fieldsOf(parts).entries()) {
    const text = parts[index] ?? '';
    if (field.values(text) !== undefined) continue;
    const part = partOf(expression, index, index);
    return { expected: field.expected, got: JSON.stringify(text), part };
  }
  return undefined;
}

/**
 * Day and month that never meet, e.g. 31 February. With a day of the week beside it the expression ticks on that, too.
 */
function impossibleDate(expression: string, parts: readonly string[]): CronProblem | undefined {
  const [day = '*', month = '*'] = parts.slice(-3);
  if (daysOf(parts) === 'either') return undefined;
  const [days = [], months = []] = fieldsOf(parts)
    .slice(-3)
    .map((field, index) => field.values([day, month][index] ?? '*'));
  if (months.some((number) => days.some((date) => date <= (LONGEST_MONTHS[number - 1] ?? 0))))
    return undefined;
  const part = partOf(expression, parts.length - 3, parts.length - 2);
  return { expected: 'a day that the month has', got: `day ${day} in month ${month}`, part };
}

/** Where in an expression the fields from one to another stand. */
function partOf(expression: string, first: number, last: number): CronProblem['part'] {
  const fields = [...expression.matchAll(/\S+/g)];
  const [from, to] = [fields[first], fields[last]];
  return from === undefined || to === undefined ? undefined : [from.index, to.index + to[0].length];
}
