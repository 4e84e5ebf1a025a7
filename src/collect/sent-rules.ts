import { hash } from 'node:crypto';
import type { Complete, WindowJob } from '../config/config.ts';
import { hasWindows } from '../model/mode.ts';
import type { Unremembered } from '../model/sent-records.ts';
import { tellsPeriod } from '../records/id-parts.ts';
import { rulesOf } from './stored-rules.ts';

/** Whether it is remembered what was sent of a job: what is collected again, where each record keeps its period. */
export const remembersSent = (job: Complete): job is Complete<WindowJob> =>
  hasWindows(job) && job.window.lookback > 0 && unremembered(job) === undefined;

/** Why it is not remembered what was sent of a job that looks back; undefined: it is. */
export function unremembered({
  window,
  record: { id, timestamp } = {},
}: WindowJob): Unremembered | undefined {
  if (window.allow_outside) return 'allow-outside';
  // What a job leaves out is filled in with ids that tell the period.
  if (id === undefined || timestamp === undefined) return undefined;
  return tellsPeriod({ id, timestamp }, window.period) ? undefined : 'id';
}

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
