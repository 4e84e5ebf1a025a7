import { type Position, tryPosition } from '../../advice/try-position.ts';
import { failureOf } from '../../collect/failures.ts';
import type { CursorJob, Job } from '../../config/config.ts';
import { standsAtRow } from '../../model/mode.ts';
import type { Progress } from '../../model/progress.ts';
import { type ExitCode, UsageError } from '../shell/exit-codes.ts';
import type { Setting } from '../shell/setting.ts';
import { instantOf } from '../shell/span.ts';
import { withStop } from '../shell/stop-signals.ts';
import { localTimeText } from '../shell/text.ts';
import { withStations } from '../wiring.ts';
import { changeProgress, type ProgressChange } from './change.ts';
import { asLines, cursorEffect, keptText, type Present, windowEffect } from './effects.ts';

/**
 * The change to a position that is given as texts. It is tried on the database when that can be reached. Throws
 * UsageError and what the database says against the position.
 */
async function plannedCursor(
  job: CursorJob,
  texts: readonly string[],
  before: Progress | undefined,
  setting: Setting,
): Promise<ProgressChange> {
  const { columns } = job.cursor;
  if (texts.length !== columns.length) {
    throw new UsageError(
      `--cursor: expected ${columns.length} ${columns.length === 1 ? 'value' : 'values'}, got ${texts.length}`,
      `Give one value for each of ${columns.join(', ')}, in this order.`,
    );
  }
  const { cursor, finding, direction } = await positionTried(job, texts, before, setting);
  const values = cursor.map(({ text }) => text);
  return {
    progress: { fingerprint: before?.fingerprint, cursor },
    effect: cursorEffect(job, before, values, direction) + asLines([finding]),
    done: `stands at (${values.join(', ')})`,
  };
}

/** The position, and what the database says of it, as a line. */
async function positionTried(
  job: CursorJob,
  texts: readonly string[],
  before: Progress | undefined,
  setting: Setting,
): Promise<{ cursor: Position; finding: string; direction: number | undefined }> {
  const tried = await withStop(({ signal }) =>
    withStations(setting, (stations) =>
      tryPosition(job, texts, before?.cursor, stations.routeOf(job), signal),
    ),
  );
  switch (tried.kind) {
    case 'unfit':
      throw new UsageError(
        `--cursor: expected ${tried.expected}, got ${JSON.stringify(tried.text)}`,
        'Write the value as state show shows it.',
      );
    case 'passed':
      throw new UsageError(
        `the query returns rows before (${positionText(tried.cursor)}): (${positionText(tried.first)})`,

        'Compare the cursor columns with their parameters in the query, and write the values as the database ' +
          'prints them.',
      );
    case 'untried':
      return {
        cursor: tried.cursor,
        finding: `! not tried: ${failureOf(tried.reason).message}`,
        direction: undefined,
      };
    case 'tried':
      return { ...tried, finding: firstText(tried.first) };
  }
}

const positionText = (position: Position): string => position.map(({ text }) => text).join(', ');

const firstText = (first: Position | undefined): string =>
  first === undefined
    ? '! there is no row after it: everything is collected, or it lies beyond the newest row'
    : `the first row after it is (${positionText(first)})`;

interface SetFlags {
  readonly collectedTo?: string;
  readonly cursor?: readonly string[];
  readonly yes?: boolean;
}

/** `state set`: makes a job stand somewhere else. */
export function setState(name: string, flags: SetFlags, setting: Setting): Promise<ExitCode> {
  return changeProgress(name, flags.yes === true, setting, async (job, before, state) => {
    refuseWrongFlags(job, flags);
    const change = standsAtRow(job)
      ? await plannedCursor(job, flags.cursor ?? [], before, setting)
      : plannedCollectedTo(job, flags.collectedTo ?? '', before, setting.config.schedule.timezone);
    return { ...change, effect: change.effect + (await keptText(job.name, state)) };
  });
}

function refuseWrongFlags(job: Job, { collectedTo, cursor }: SetFlags): void {
  const [place, wanted, value] = standsAtRow(job)
    ? ['a row', '--cursor', job.cursor.columns.map((column) => column.toUpperCase()).join(' ')]
    : ['a time', '--collected-to', '2015-01-01'];
  const givenFlags = [
    ...(collectedTo === undefined ? [] : ['--collected-to']),
    ...(cursor === undefined ? [] : ['--cursor']),
  ];
  if (givenFlags.length === 1 && givenFlags[0] === wanted) return;
  throw new UsageError(
    `${job.name} stands at ${place}: expected ${wanted}`,
    `Give ${wanted} ${value}, and nothing else.`,
  );
}

type JobAtTime = Exclude<Job, CursorJob>;

function plannedCollectedTo(
  job: JobAtTime,
  text: string,
  before: Progress | undefined,
  clock: string,
): ProgressChange {
  const collectedTo = instantOf(text, '--collected-to', job.timezone);
  const effect = collectedToEffect(job, { now: Date.now(), clock }, before, collectedTo);
  const done = `collected up to ${localTimeText(collectedTo, job.timezone)} (${job.timezone})`;
  return { progress: { ...before, collectedTo }, effect, done };
}

function collectedToEffect(
  job: JobAtTime,
  present: Present,
  before: Progress | undefined,
  collectedTo: number,
): string {
  switch (job.mode) {
    case 'window':
      return windowEffect(job, present, before, collectedTo);
    case 'snapshot':
      return asLines([
        'runs go on as before: each collects how things stand then, whatever the position says',
      ]);
  }
}
