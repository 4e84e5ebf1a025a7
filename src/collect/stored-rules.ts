import type { Complete } from '../config/config.ts';
import type { FieldMapping, RecordMapping } from '../config/schema/job-schema.ts';
import { WithheldError } from './failures.ts';
import { changedFacts, fingerprintOf, isOfPositionAlone, isSameField } from './fingerprint.ts';

/**
 * What stored records were made by, as JSON. What hides small numbers is no part of it: that is done when
 * they are sent.
 */
interface StoredRules {
  /** As the fingerprint has it. */
  readonly ids: Readonly<Record<string, unknown>>;
  /** Null: the columns as they were selected; undefined: nobody knows. */
  readonly fields?: RecordMapping['fields'] | null;
  readonly omit?: RecordMapping['omit'];
}

/** @param databaseTimezone zone in which the database prints the values of cursor columns */
export function rulesOf(job: Complete, databaseTimezone: string): string {
  const { fields = null, omit } = job.record;
  const rules: StoredRules = { ids: JSON.parse(fingerprintOf(job, databaseTimezone)), fields, omit };
  return JSON.stringify(rules);
}

/** What determined the ids of stored records, as a fingerprint. */
export const idsIn = (rules: string | undefined): string | undefined =>
  rules === undefined ? undefined : JSON.stringify((JSON.parse(rules) as StoredRules).ids);

/**
 * What stored records, as JSON, become by the rules in force now: fields that the job sends no more are left
 * out. Undefined: they are what they were. Throws WithheldError when their ids or their data set are others
 * now.
 *
 * @param before undefined: nobody knows
 */
export function refitting(
  before: string | undefined,
  job: Complete,
  databaseTimezone: string,
): ((json: string) => string) | undefined {
  const now = rulesOf(job, databaseTimezone);
  if (before === undefined || before === now) return undefined;
  const old: StoredRules = JSON.parse(before);
  refuseOtherIds(job, old, JSON.parse(now));
  const fates = new Map<string, boolean>();
  const stays = (name: string): boolean => {
    const known = fates.get(name) ?? isStillSent(name, old, job.record);
    fates.set(name, known);
    return known;
  };
  return (json) => json.replace(PAIR, (pair: string, name: string) => (stays(name) ? pair : ''));
}

/** A field in the JSON of a record, which is flat and without white space; `_id`, the first, has no comma before it. */
const PAIR = /,"([^"\\]+)":(?:"(?:[^"\\]|\\.)*"|[^,}]+)/g;

function refuseOtherIds(job: Complete, old: StoredRules, now: StoredRules): void {
  const changes = changedFacts(JSON.stringify(old.ids), JSON.stringify(now.ids)).filter(
    (fact) => !isOfPositionAlone(job, fact),
  );
  if (changes.length > 0) throw withheld(changes.map(({ text }) => text).join('; '));
}

/** Throws WithheldError for a field that is made otherwise now: what it was made of is not stored. */
function isStillSent(name: string, old: StoredRules, { fields, omit, suppress }: RecordMapping): boolean {
  if (name === '_timestamp' || (name === 'suppressed' && suppress?.mark === true)) return true;
  if (fields === undefined ? omit?.includes(name) : !Object.hasOwn(fields, name)) return false;
  const was: FieldMapping | undefined = old.fields?.[name];
  if (old.fields === undefined || isSameField(name, was, fields?.[name])) return true;
  throw withheld(`the field ${name} was made otherwise`);
}

function withheld(change: string): WithheldError {
  return new WithheldError(
    `it was made by rules that have changed since: ${change}`,
    'Change that back to send it as it is; or collect its time again where that is possible, and discard it.',
  );
}
