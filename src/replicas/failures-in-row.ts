import { pauseAfter } from '../schedule/job-state.ts';
import type { Ask } from './database.ts';

/** @param inRow with this failure */
export async function noteFailure(ask: Ask, job: string, inRow: number): Promise<void> {
  await ask(
    `INSERT INTO pp_db_collector.failures_in_row (job, in_row, paused_until)
     VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
     ON CONFLICT (job) DO UPDATE SET in_row = excluded.in_row, paused_until = excluded.paused_until`,
    [job, inRow, pauseAfter(inRow)],
  );
}

/** Whoever asks for a run does not wait until it is time to try again. */
export async function endPause(ask: Ask, job: string): Promise<void> {
  await ask('UPDATE pp_db_collector.failures_in_row SET paused_until = clock_timestamp() WHERE job = $1', [
    job,
  ]);
}

export async function noteSuccess(ask: Ask, job: string): Promise<void> {
  await ask('DELETE FROM pp_db_collector.failures_in_row WHERE job = $1', [job]);
}
