import { type Position, tryPosition } from '../../advice/try-position.ts';
import { failureOf } from '../../collect/failures.ts';
import type { CursorJob } from '../../config/config.ts';
import type { Progress } from '../../model/progress.ts';
import { UsageError } from '../shell/errors.ts';
import type { Setting } from '../shell/setting.ts';
import { withStop } from '../shell/stop-signals.ts';
import { withStations } from '../wiring.ts';
import type { ProgressChange } from './change.ts';
import { cursorEffect, told } from './effects.ts';

/**
 * The change to a position that is given as texts. It is tried on the database when that can be reached. Throws
 * UsageError and what the database says against the position.
 */
export async function plannedCursor(
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
  const { cursor, finding, direction } = await judged(job, texts, before, setting);
  const shown = cursor.map(({ text }) => text);
  return {
    progress: { fingerprint: before?.fingerprint, cursor },
    effect: cursorEffect(job, before, shown, direction) + told([finding]),
    done: `stands at (${shown.join(', ')})`,
  };
}

/** The position, and what the database says of it, as a line. */
async function judged(
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
