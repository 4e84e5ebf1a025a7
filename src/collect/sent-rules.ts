import { hash } from 'node:crypto';
import { HOUR } from '../calendar/durations.ts';
import type { Complete, WindowJob } from '../config/config.ts';
import { hasWindows } from '../model/mode.ts';
import type { Unremembered } from '../model/sent-records.ts';
import type { State } from '../model/state.ts';
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

/** Milliseconds after which nobody waits for the end of a change of a data set: whoever made it was killed. */
const LONGEST_CHANGE = HOUR;

/** The data set to which a job sends. */
export interface SentTo {
  readonly address: string;
  readonly changes: number;
  /** Whether what is sent now may be gone in a moment. */
  readonly isChanging: boolean;
}

/** @param now epoch milliseconds */
export async function sentTo(
  state: Pick<State, 'dataSetStanding'>,
  address: string,
  now: number,
): Promise<SentTo> {
  const { changes, changingSince } = await state.dataSetStanding(address);
  const isChanging = changingSince !== undefined && Math.abs(now - changingSince) < LONGEST_CHANGE;
  return { address, changes, isChanging };
}

/**
 * By what it counts that a record was sent: all that decides which bytes leave for where, and that they are still there. A
 * digest, because it is only compared.
 *
 * @param zone of the database
 */
export function sentRules(job: Complete, zone: string, { address, changes, isChanging }: SentTo): string {
  const facts = [address, rulesOf(job, zone), job.record.suppress ?? null];
  const since = changes === 0 ? [] : [changes, isChanging];
  return hash('sha256', JSON.stringify([...facts, ...since]), 'hex');
}
