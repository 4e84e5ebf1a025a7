import type { Complete } from '../config/config.ts';
import type { Batch } from '../model/batch.ts';
import type { SentDoubt } from '../model/sent-records.ts';
import type { State } from '../model/state.ts';
import { idHash } from '../records/id.ts';
import { remembersSent, sentRules, sentTo } from './sent-rules.ts';

interface Doubting {
  readonly state: State;
  readonly zone: string;
  readonly address: string;
  readonly now: number;
}

/**
 * To be called before records leave that no window brings: nobody knows what the data set has of them then, so that the
 * next run that reads them sends them. The job's lease must be held.
 *
 * @param zone of the database @param address of the data set @param now epoch milliseconds
 */
export async function doubtRecords(
  job: Complete,
  batch: Batch,
  { state, zone, address, now }: Doubting,
): Promise<void> {
  if (!remembersSent(job)) return;
  const hashOf = idHash(job.record.id);
  const byPeriod = Map.groupBy(batch.records(), ({ json }) => Date.parse(JSON.parse(json)._timestamp));
  const doubts = [...byPeriod].map(([period, records]): SentDoubt => {
    return { period, ids: Int32Array.from(records.flatMap(({ id }) => [...hashOf(id)])) };
  });
  const rules = sentRules(job, zone, await sentTo(state, address, now));
  await state.doubtSent(job.name, rules, doubts);
}
