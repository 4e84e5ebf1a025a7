import type { RecordMapping } from '../config/schema/job-schema.ts';
import type { DataRecord } from '../model/record.ts';
import type { Acknowledgement, RefusedRecord, Target } from '../model/target.ts';
import { NotARecordError } from '../records/not-a-record.ts';
import { compileSuppressor } from '../records/suppress.ts';
import { batchOf, recordsIn } from './batch-records.ts';

const NOTHING_SENT: Acknowledgement = { requests: 0, bytesSent: 0, refused: [] };

/**
 * A data set that gets no small number which the job hides now, whenever the records were read: everything that leaves passes
 * here. A record of which that cannot be told is refused without being sent.
 */
export function suppressing(target: Target, mapping: RecordMapping): Target {
  const suppress = compileSuppressor(mapping);
  if (suppress === undefined) return target;
  return {
    empty: (signal, waiting) => target.empty(signal, waiting),
    async post(batch, signal, waiting) {
      const refused: RefusedRecord[] = [];
      const records = recordsIn(batch).flatMap(({ id, json }): DataRecord[] => {
        try {
          return [{ id, json: suppress(json) }];
        } catch (error) {
          if (!(error instanceof NotARecordError)) throw error;
          const { message: reason, remedy } = error;
          refused.push({ id, json, cause: 'not-a-record', reason, remedy });
          return [];
        }
      });
      const sent = batchOf(records);
      const answer = sent === undefined ? NOTHING_SENT : await target.post(sent, signal, waiting);
      return { ...answer, refused: [...refused, ...answer.refused] };
    },
  };
}
