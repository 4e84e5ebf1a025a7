import { isoSeconds } from '../../calendar/date-time.ts';
import { DAY } from '../../calendar/durations.ts';
import { failureOf } from '../../collect/failures.ts';
import type { Job } from '../../config/config.ts';
import { type DataSetReader, NotOffered, type TimestampSpan } from '../../model/data-set-reader.ts';
import { whyNotReadable } from '../../verify/data-set-records.ts';
import { NotReadableError } from '../../verify/failures.ts';
import type { Findings } from './report.ts';

const WEEK = 7 * DAY;

/** Whether `verify` of a job could read its data set. Collecting does without: what keeps it from that is a warning. */
export async function readable(
  { verify }: Job,
  reader: DataSetReader,
  signal: AbortSignal,
): Promise<Pick<Findings, 'warnings' | 'notes'>> {
  if (verify === undefined) return {};
  const today = Math.floor(Date.now() / DAY) * DAY;
  const span: TimestampSpan = [isoSeconds(today - WEEK), isoSeconds(today)];
  try {
    const notReadable = await whyNotReadable(reader, span, signal);
    if (notReadable === undefined) return {};
    const counts = await reader.counts('day', span, signal);
    if (counts instanceof NotOffered) throw new NotReadableError(counts.reason);
    return { notes: [`verify compares counts and sums of its days alone: ${notReadable.reason}`] };
  } catch (error) {
    signal.throwIfAborted();
    const { message, remedy } = failureOf(error);
    return { warnings: [{ message: `verify cannot compare it: ${message}`, ...(remedy && { remedy }) }] };
  }
}
