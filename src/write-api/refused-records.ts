import type { Batch } from '../model/batch.ts';
import type { RefusedRecord } from '../model/target.ts';
import { MOST_HUNTED, type PartRefusal } from './isolation.ts';
import { shorten } from './redact.ts';
import type { SendResult } from './sender.ts';
import { WriteApiError } from './write-api-error.ts';

const REMEDIES: Readonly<Record<PartRefusal['cause'], string>> = {
  refused: 'Correct what the write API complains of, in the query or the record section.',
  'too-large': 'Select fewer or shorter columns.',
  'server-error':
    'The write API fails on this record and takes others: tell those who run it, or change the values of the record.',
};

/** What the last outcome of a request says against its records; undefined when the trouble is not with them. */
export function refusalOf({ outcome, blamed }: SendResult): PartRefusal | undefined {
  const cause = blamed ? 'server-error' : causeOf(outcome.kind);
  if (cause === undefined) return undefined;
  const { status, text, messages = [] } = outcome;
  const answerText = shorten(messages.length > 0 ? messages.join('; ') : text);
  const reason = `the write API answered ${status}${answerText === '' ? '' : `: ${answerText}`}`;
  return { cause, status, reason, remedy: REMEDIES[cause] };
}

function causeOf(kind: SendResult['outcome']['kind']): PartRefusal['cause'] | undefined {
  if (kind === 'record-refused') return 'refused';
  return kind === 'too-large' ? kind : undefined;
}

/** For a record that is never sent. @param size bytes of the request that it would take */
export function largerThanAllowed(size: number, limit: number): PartRefusal {
  return {
    cause: 'too-large',
    status: undefined,
    reason: `the record alone makes a request of ${size} bytes, more than max_batch_bytes (${limit})`,
    remedy: 'Select fewer or shorter columns, or raise max_batch_bytes.',
  };
}

/** The records of a batch that is refused. */
export function refusedRecords(batch: Batch, { cause, reason, remedy }: PartRefusal): RefusedRecord[] {
  return batch.records().map((record) => ({ ...record, cause, reason, remedy }));
}

/** Some records of a delivery were refused; the others are stored. */
export function someRefused(
  dataSet: string,
  refused: readonly RefusedRecord[],
  total: number,
): WriteApiError {
  return new WriteApiError(
    `The write API refused ${refused.length} of ${total} records of data set ${dataSet}: ${firstOf(refused)}`,
    { kind: 'record-refused', side: 'refused', remedy: remediesOf(refused), refused },
  );
}

/** Too many records of one batch are refused to hunt all of them down; what is behind the known ones is not stored. */
export function tooManyRefused(
  dataSet: string,
  refused: readonly RefusedRecord[],
  { status, reason }: PartRefusal,
): WriteApiError {
  const reasons = refused.length === 0 ? reason : `${firstOf(refused)}; the rest: ${reason}`;
  return new WriteApiError(
    `The write API refused more than ${MOST_HUNTED} records of one batch for data set ${dataSet}: ${reasons}`,
    {
      kind: 'record-refused',
      side: 'refused',
      remedy: `Look at the job or the data set rather than at single rows: ${clause(remediesOf(refused) || REMEDIES.refused)}`,
      status,
      refused,
    },
  );
}

/** Reasons are for people: more than these, or more records with one of them, are counted only. */
const MOST_SHOWN = 3;

function firstOf(refused: readonly RefusedRecord[]): string {
  const reasons = [...Map.groupBy(refused, ({ reason }) => reason)];
  return firstFew(
    reasons.map(([reason, records]) => `${namesOf(records)}: ${reason}`),
    '; ',
  );
}

function namesOf(records: readonly RefusedRecord[]): string {
  const names = records.map(({ id }) => (id === '' ? 'without _id' : shorten(id)));
  return `record${names.length > 1 ? 's' : ''} ${firstFew(names, ', ')}`;
}

function firstFew(texts: readonly string[], separator: string): string {
  const more = texts.length - MOST_SHOWN;
  return texts.slice(0, MOST_SHOWN).join(separator) + (more > 0 ? `${separator}and ${more} more` : '');
}

/** One sentence; empty when there is none. */
function remediesOf(refused: readonly RefusedRecord[]): string {
  const remedies = new Set(refused.map(({ remedy }) => remedy.replace(/\.$/, '')));
  const [first = '', ...others] = remedies;
  return first === '' ? '' : `${[first, ...others.map(clause)].join('; ')}.`;
}

/** A remedy within a sentence. */
const clause = (remedy: string): string => remedy.charAt(0).toLowerCase() + remedy.slice(1);
