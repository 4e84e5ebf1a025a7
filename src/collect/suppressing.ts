import type { RecordSettings } from '../config/schema/job-schema.ts';
import { Batch } from '../model/batch.ts';
import type { Acknowledgement, RefusedRecord, Target } from '../model/target.ts';
import { NotARecordError } from '../records/not-a-record.ts';
import { compileSuppressor } from '../records/suppress.ts';

const NOTHING_SENT: Acknowledgement = { requests: 0, bytesSent: 0, refused: [] };

/**
 * A data set that gets no small number which the job hides now, whenever the records were read: everything
 * that leaves passes here. A record of which that cannot be told is refused without being sent.
 */
export function suppressing(target: Target, mapping: RecordSettings): Target {
  const suppress = compileSuppressor(mapping);
  if (suppress === undefined) return target;
  return {
    address: target.address,
    empty: (signal, waiting) => target.empty(signal, waiting),
    remove: (id, signal, waiting) => target.remove(id, signal, waiting),
    async post(batch, signal, waiting) {
      const refused: RefusedRecord[] = [];
      const texts = batch.records().flatMap(({ id, json }): string[] => {
        try {
          return [suppress(json)];
        } catch (error) {
          if (!(error instanceof NotARecordError)) throw error;
          const { message: reason, remedy } = error;
          refused.push({ id, json, cause: 'not-a-record', reason, remedy });
          return [];
        }
      });
      const isEmpty = texts.length === 0;
      const answer = isEmpty ? NOTHING_SENT : await target.post(Batch.of(texts), signal, waiting);
      return { ...answer, refused: [...refused, ...answer.refused] };
    },
  };
}
