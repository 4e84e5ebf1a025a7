import type { Period } from '../calendar/period.ts';
import type { Complete, Job } from '../config/config.ts';
import type { FieldMapping } from '../config/schema/job-schema.ts';
import { standsAtRow } from '../model/mode.ts';
import { idFieldNames, idPartsOf } from '../records/id-parts.ts';
import { FingerprintError } from './failures.ts';

/** A key that is none of the job's own. */
const ZONE = 'timezone of the database';

/** What determines the ids of a job's records, by the key that says it. */
type Facts = Readonly<Record<string, unknown>>;

/**
 * What determines the ids of a job's records, as JSON: when it changes, records that are in the data set
 * already would stay beside the new ones. For cursor jobs also what gives the stored position its meaning.
 *
 * @param databaseTimezone zone in which the database prints the values of cursor columns
 */
export function fingerprintOf(job: Complete, databaseTimezone: string): string {
  const { data_set, record } = job;
  const facts: Facts = {
    data_set: `${data_set.data_group}/${data_set.data_type}`,
    'record.timestamp': record.timestamp,
    'record.id': record.id,
    ...idFields(job),
    ...factsOfMode(job),
    ...(standsAtRow(job) || hasColumnInId(job) ? { [ZONE]: databaseTimezone } : {}),
  };
  return JSON.stringify(facts);
}

function factsOfMode(job: Job): Facts {
  switch (job.mode) {
    case 'window':
      return factsOfPeriod(job.window.period, job.timezone);
    case 'cursor':
      return { 'cursor.columns': job.cursor.columns };
    case 'snapshot':
      return factsOfPeriod(job.snapshot.period, job.timezone);
  }
}

/** Hours are the same in every zone. */
const factsOfPeriod = (period: Period, timezone: string): Facts =>
  period === 'hour' ? { period } : { period, timezone };

/** A time is in such an id as the database prints it, in its zone. */
const hasColumnInId = ({ record }: Complete): boolean =>
  idPartsOf(record.id).some(
    (part) => part.kind === 'column' || (part.kind === 'name' && part.name !== '_timestamp'),
  );

/** What the stored position of a cursor means. */
const OF_POSITION: readonly string[] = ['cursor.columns', ZONE];

/** A fact that differs between two fingerprints. */
export interface ChangedFact {
  readonly key: string;
  /** `record.id was ["a"] and is ["a","b"]` */
  readonly text: string;
}

/** Whether a fact is one of what the position means. */
export const isOfPosition = ({ key }: ChangedFact): boolean => OF_POSITION.includes(key);

/** Whether a fact says nothing about the job's records, but only what the position means. */
export const isOfPositionAlone = (job: Complete, fact: ChangedFact): boolean =>
  isOfPosition(fact) && !(fact.key === ZONE && hasColumnInId(job));

export function changedFacts(before: string, now: string): ChangedFact[] {
  const [old, current]: Facts[] = [JSON.parse(before), JSON.parse(now)];
  const keys = new Set([...Object.keys(old ?? {}), ...Object.keys(current ?? {})]);
  return [...keys].flatMap((key) => {
    const [was, is] = [textOf(old?.[key]), textOf(current?.[key])];
    return was === is ? [] : [{ key, text: `${key} was ${was} and is ${is}` }];
  });
}

/** What has changed between two fingerprints, in words. */
export const changesBetween = (before: string, now: string): string[] =>
  changedFacts(before, now).map(({ text }) => text);

/** Throws FingerprintError when a job's ids are others now. @param before undefined: it never ran, or nobody knows */
export function refuseChangedIds(job: string, before: string | undefined, now: string): void {
  const changes = before === undefined ? [] : changesBetween(before, now);
  if (changes.length > 0) throw new FingerprintError(job, changes);
}

const textOf = (value: unknown): string => (value === undefined ? 'not set' : JSON.stringify(value));

/** Written out or left out, a field that is the column of its name is the same. */
function isColumnOfSameName(name: string, field: FieldMapping | undefined): boolean {
  if (field === undefined || field === name) return true;
  return JSON.stringify(field) === JSON.stringify({ column: name });
}

/** Whether two mappings of a field make the same of a row. */
export function isSameField(
  name: string,
  one: FieldMapping | undefined,
  other: FieldMapping | undefined,
): boolean {
  if (isColumnOfSameName(name, one) && isColumnOfSameName(name, other)) return true;
  return JSON.stringify(one) === JSON.stringify(other);
}

function idFields({ record }: Complete): Facts {
  const names = idFieldNames(record.id);
  const mapped = names.filter((name) => !isColumnOfSameName(name, record.fields?.[name]));
  return Object.fromEntries(mapped.map((name) => [`record.fields.${name}`, record.fields?.[name]]));
}
