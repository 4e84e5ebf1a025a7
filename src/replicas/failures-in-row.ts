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

export async function noteSuccess(ask: Ask, job: string): Promise<void> {
  await ask('DELETE FROM pp_db_collector.failures_in_row WHERE job = $1', [job]);
}
