import type { ServedDataSet } from '../data-sets.ts';
import { recordsError } from '../http/errors.ts';
import type { NewRecord } from '../store/stored-record.ts';
import { autoId, missingFields } from './automatic-ids.ts';
import { isGuessedDate } from './guessed-dates.ts';
import { MAXIMUM_RECORDS, tooManyRecords } from './json-limits.ts';
import { isReceivedRecord, type ReceivedRecord } from './parse-json.ts';
import { firstFault, valueText } from './record-faults.ts';
import { utcTimestamp } from './timestamp.ts';

/** A request's records are checked as a whole before anything of them is stored. */

/** More of them help nobody, and with a schema there can be many to a record. */
const MAXIMUM_MESSAGES = 10_000;
const DATE_FIELDS = ['_timestamp', '_start_at', '_end_at'] as const;

/**
 * The records of a request, ready to be stored: dates and times in UTC, every `_id` filled in. Changes the objects.
 * Throws an ApiError with one message for each fault.
 */
export function validateRecords(
  values: readonly unknown[],
  dataSet: ServedDataSet,
  newId: () => string,
): readonly NewRecord[] {
  if (values.length > MAXIMUM_RECORDS) throw tooManyRecords(values.length);
  const messages = lackOfIdFields(values, dataSet.autoIds);
  for (const [index, value] of values.entries()) {
    const faults = isReceivedRecord(value) ? prepare(value, dataSet) : ['not an object'];
    for (const fault of faults) messages.push(numbered(index, fault));
    if (messages.length >= MAXIMUM_MESSAGES) throw recordsError(messages);
  }
  if (messages.length > 0) throw recordsError(messages);
  return values.filter(isReceivedRecord).map((record) => toNewRecord(record, newId));
}

const numbered = (index: number, fault: string): string => `record ${index + 1}: ${fault}`;

/**
 * One message for the first record that lacks a field of which its `_id` is made: the others are likely to lack it,
 * too.
 */
function lackOfIdFields(values: readonly unknown[], fields: readonly string[]): string[] {
  for (const [index, value] of values.entries()) {
    const missing = isReceivedRecord(value) ? missingFields(value, fields) : [];
    if (missing.length > 0)
      return [numbered(index, `${missing.join(', ')} missing, of which the data set makes its _id`)];
  }
  return [];
}

/** Puts a record's dates into UTC and its automatic `_id` into place. Gives its faults. */
function prepare(record: ReceivedRecord, { checkSchema, autoIds }: ServedDataSet): readonly string[] {
  const faults = [...(checkSchema?.(record) ?? [])];
  const isRefusedBySchema = faults.length > 0;
  if (autoIds.length > 0 && missingFields(record, autoIds).length === 0) {
    record._id = autoId(record, autoIds);
  }
  const badDate = DATE_FIELDS.findLast((field) => !readDate(record, field, isRefusedBySchema));
  const fault = firstFault(record);
  if (badDate !== undefined) {
    faults.push(`${valueText(record[badDate])} in ${badDate} is not a date`);
    faults.push(fault ?? `${badDate} must have a form such as 2015-01-01T00:00:00Z`);
  } else if (fault !== undefined) {
    faults.push(fault);
  } else if (!isRefusedBySchema && !Object.hasOwn(record, '_timestamp')) {
    faults.push('_timestamp is missing');
  }
  return faults;
}

/** False when a date field is there and is no date. */
function readDate(record: ReceivedRecord, field: string, isRefusedBySchema: boolean): boolean {
  if (!Object.hasOwn(record, field)) return true;
  const value = record[field];
  if (typeof value !== 'string') return false;
  const utc = utcTimestamp(value);
  if (utc === undefined) return isRefusedBySchema && isGuessedDate(value);
  record[field] = utc;
  return true;
}

function toNewRecord(record: ReceivedRecord, newId: () => string): NewRecord {
  record._id ??= newId();
  return {
    id: String(record._id),
    timestamp: String(record._timestamp),
    json: JSON.stringify(record),
  };
}
