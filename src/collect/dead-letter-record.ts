import type { Complete, Job, WindowJob } from '../config/config.ts';
import type { DeadRow, StoredDeadLetter } from '../model/dead-letter.ts';
import { hasWindows } from '../model/mode.ts';
import type { Span } from '../model/progress.ts';
import type { DataRecord } from '../model/record.ts';
import { compileRecords, type RecordEncoder, type RecordRules } from '../records/compile-records.ts';
import type { LocalTime } from '../records/date-times.ts';
import { MappingError, NotARecordError } from '../records/not-a-record.ts';
import { type Window, windowsBetween } from '../schedule/window.ts';
import { cursorRules, snapshotRules, windowRules } from './queries.ts';
import { refitting } from './stored-rules.ts';

/** What is to be sent of a dead letter. Throws NotARecordError or MappingError when that is, still, no record. */
export type LetterEncoder = (letter: StoredDeadLetter) => DataRecord;

/**
 * A record is sent as it is stored, without fields that the job sends no more; a row is made into a record by
 * the job as it is configured now. Neither has lost its small numbers. Throws WithheldError, too.
 */
export function letterEncoder(job: Complete, localTime: LocalTime): LetterEncoder {
  const encoderOf = encodersOf(job, localTime);
  return (letter) => {
    const { key, content, window } = letter;
    if (content.kind === 'record') {
      const json = refitting(content.rules, job, localTime.zone)?.(content.json) ?? content.json;
      return { id: key, json };
    }
    const record = keepingReason(letter, () => encoderOf(content, window).encodeWhole(content.row));
    if (hasWindows(job) && record.id !== key) refuseUncertainCount(job.name);
    return record;
  };
}

/**
 * The `_id` that the record or the row of a letter has now: a mapping that was changed may have given the row
 * another one, or one at last. Undefined: it has none.
 */
export function letterIds(
  job: Complete,
  localTime: LocalTime,
): (letter: StoredDeadLetter) => string | undefined {
  const encoderOf = encodersOf(job, localTime);
  return ({ content, window }) => {
    if (content.kind === 'record') return idIn(content.json);
    try {
      return encoderOf(content, window).keyOf(content.row);
    } catch (error) {
      if (error instanceof MappingError) return undefined;
      throw error;
    }
  };
}

/** Without its query nobody can say again why a row lies outside the window: then the letter still tells. */
function keepingReason({ cause, reason, remedy }: StoredDeadLetter, encode: () => DataRecord): DataRecord {
  try {
    return encode();
  } catch (error) {
    if (!(error instanceof NotARecordError) || error.deadLetterCause !== 'outside-window') throw error;
    throw cause === 'outside-window' ? new NotARecordError(reason, remedy, cause) : error;
  }
}

/** The row of a count that had no id then may be but a part of the record that has it now. */
function refuseUncertainCount(job: string): never {
  throw new NotARecordError(
    'by itself the row could replace a record that counts more than this row',
    `Collect that time again: pp-db-collector run ${job} --from … --to …; then discard this dead letter.`,
  );
}

/** One for all rows of one query and window. */
function encodersOf(
  job: Complete,
  localTime: LocalTime,
): (content: DeadRow, window: Span | undefined) => RecordEncoder {
  const encoders = new Map<string, RecordEncoder>();
  return ({ columns }, window) => {
    const key = JSON.stringify([columns, window]);
    const encoder =
      encoders.get(key) ?? compileRecords(job.record, columns, rulesOfLetter(job, window, localTime));
    encoders.set(key, encoder);
    return encoder;
  };
}

const idIn = (json: string): string => (JSON.parse(json) as { readonly _id: string })._id;

function rulesOfLetter(job: Job, span: Span | undefined, localTime: LocalTime): RecordRules {
  switch (job.mode) {
    case 'window':
      if (span === undefined || span.from === span.to) throw timeUnknown();
      return windowRules(job, wholeWindow(job, span), localTime);
    case 'cursor':
      return cursorRules(job, localTime);
    case 'snapshot':
      if (span === undefined) throw timeUnknown();
      return snapshotRules(job, span.from, localTime);
  }
}

const timeUnknown = (): MappingError =>
  new MappingError(
    'nobody knows for which time the row was read, because the job had no window then',
    'Run the job over that time again; then discard this dead letter.',
  );

/** The span of the letter as one window, however short the windows of the job are now. */
function wholeWindow({ window, timezone }: WindowJob, span: Span): Window {
  const settings = { ...window, include_current: true, delay: 0 };
  const windows = windowsBetween(settings, timezone, span.to, span);
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined)
    throw new RangeError('the window of a dead letter is not empty');
  const { to, toDate, collectedTo } = last;
  return { ...first, to, toDate, collectedTo, timestamps: [first.timestamps[0], last.timestamps[1]] };
}
