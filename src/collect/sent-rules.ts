import { hash } from 'node:crypto';
import type { Complete, WindowJob } from '../config/config.ts';
import { hasWindows } from '../model/mode.ts';
import { tellsPeriod } from '../records/id-parts.ts';
import { rulesOf } from './stored-rules.ts';

/** Whether it is remembered what was sent of a job: what is collected again, where each record keeps its period. */
export const remembersSent = (job: Complete): job is Complete<WindowJob> =>
  hasWindows(job) &&
  job.window.lookback > 0 &&
  !job.window.allow_outside &&
  tellsPeriod(job.record, job.window.period);

/**
 * By what it counts that a record was sent: all that decides which bytes leave for where. A digest, because it is only
 * compared.
 *
 * @param zone of the database @param address of the data set
 */
export function sentRules(job: Complete, zone: string, address: string): string {
  const facts = [address, rulesOf(job, zone), job.record.suppress ?? null];
  return hash('sha256', JSON.stringify(facts), 'hex');
}
