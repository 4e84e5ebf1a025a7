import type { CursorJob } from '../config/config.ts';
import type { CursorValue, Query } from '../model/query.ts';
import type { FailedSide } from '../model/run.ts';
import { tallyRules } from './arrived.ts';
import { deliverQuery } from './deliver.ts';
import { ANY_ROWS, expectedRows } from './expected-rows.ts';
import { failureOf } from './failures.ts';
import { warnOfFuture } from './future-position.ts';
import { tellOverlooked } from './overlooked.ts';
import { cursorQuery, cursorRules } from './queries.ts';
import { lookBehind, type Read } from './rows-behind.ts';
import type { RunContext } from './run-context.ts';

type Position = readonly CursorValue[];

/** What ends a run although the rows before it are what they should be: what is acknowledged of them counts. */
const HARMLESS: readonly FailedSide[] = ['source', 'target', 'refused'];

/**
 * Collects the rows behind the job's position, at most `max_rows` in one query, until there are no more. The
 * position moves with each query; within one only when the run ends early, because a later row may show that
 * they are out of order.
 */
export async function collectCursor(context: RunContext<CursorJob>): Promise<void> {
  const { job, run, route, signals } = context;
  const clock = await route.source.clock(signals.read);
  warnOfFuture(context, clock);
  run.tell({ kind: 'run-started', windows: undefined });
  const until = clock - job.cursor.lag;
  let position = context.progress?.cursor;
  let newest: Read['newest'];
  for (let expected = expectedRows(job), isCut = true; isCut; expected = ANY_ROWS) {
    const plan = {
      query: cursorQuery(job, position, until),
      rules: cursorRules(job, route.localTime),
      cursor: job.cursor,
      tally: tallyRules(job),
      expected,
      after: position,
    };
    const rowsRead = await deliverQuery(plan, context, (reached, error) =>
      keepReached(context, reached, error),
    );
    run.isReady = rowsRead.isReady;
    if (!rowsRead.isReady) return;
    run.refuseNothingButDeadLetters();
    position = rowsRead.cursor ?? position;
    newest = rowsRead.newest ?? newest;
    await moveTo(context, rowsRead.cursor);
    isCut = rowsRead.isCut;
    if (isCut) await guessWhatIsLeft(context, cursorQuery(job, position, until));
  }
  await tellOverlooked(context, cursorQuery(job, position, until));
  await lookBehind(context, { newest, until, readAt: clock });
}

/**
 * Asks for no more than the plan of the next query, when there is one: most runs need a single one. A database that
 * does not answer now will say so to the query.
 */
async function guessWhatIsLeft({ run, route, signals }: RunContext, query: Query): Promise<void> {
  const plan = await route.source.plan(query, signals.read).catch(() => undefined);
  if (plan?.rows !== undefined) run.owes('row', run.counts.rows + plan.rows, run.startedAt);
}

async function moveTo({ job, run, state, fingerprint }: RunContext, cursor: Position | undefined) {
  const progress = cursor === undefined ? undefined : { cursor, fingerprint };
  const figures = { length: tallyRules(job).period, periods: run.takeArrived() };
  await state.acknowledged(job.name, run.number, run.step({ progress, figures }));
  if (cursor !== undefined) run.tell({ kind: 'cursor-acknowledged', cursor, counts: run.counts });
}

/** Called when a query fails: the error is told by whoever waits for the query, so nothing is thrown here. */
async function keepReached(
  context: RunContext,
  reached: Position | undefined,
  error: unknown,
): Promise<void> {
  const isHarmless = context.signals.read.aborted || HARMLESS.includes(failureOf(error).side);
  if (reached === undefined || !isHarmless) return;
  await moveTo(context, reached).catch(() => undefined);
}
