import { pauseAfter } from '../schedule/job-state.ts';
import type { Ask } from './database.ts';

/** That a job failed, whoever ran it. */
export interface FailuresOfJob {
  readonly inRow: number;
  /** Whether it is still too early to try again. */
  readonly isPaused: boolean;
}

/** The jobs whose last runs failed. */
export async function failuresInRow(ask: Ask): Promise<ReadonlyMap<string, FailuresOfJob>> {
  const { rows } = await ask(
    'SELECT job, in_row, paused_until > clock_timestamp() AS is_paused FROM pp_db_collector.failures_in_row',
  );
  const all = rows as readonly { job: string; in_row: number; is_paused: boolean }[];
  return new Map(all.map(({ job, in_row, is_paused }) => [job, { inRow: in_row, isPaused: is_paused }]));
}

/** @param inRow with this failure */
export async function noteFailure(ask: Ask, job: string, inRow: number): Promise<void> {
  await ask(
    `INSERT INTO pp_db_collector.failures_in_row (job, in_row, paused_until)
     VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
     ON CONFLICT (job) DO UPDATE SET in_row = excluded.in_row, paused_until = excluded.paused_until`,
    [job, inRow, pauseAfter(inRow)],
  );
}

export async function noteSuccess(ask: Ask, job: string): Promise<void> {
  await ask('DELETE FROM pp_db_collector.failures_in_row WHERE job = $1', [job]);
}
