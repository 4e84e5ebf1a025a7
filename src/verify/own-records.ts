import { exampleQuery } from '../collect/queries.ts';
import type { Route } from '../collect/run-context.ts';
import type { Complete, Job } from '../config/config.ts';
import type { RecordValues } from '../model/record-values.ts';
import type { Column } from '../model/row.ts';
import { compileRecords } from '../records/compile-records.ts';
import { spelling } from './content.ts';

/** Whether a record of a data set may be one of the job's. */
export type IsOwn = (values: RecordValues) => boolean;

/** The key that `record.suppress.mark` adds to some records. */
const MARK = 'suppressed';

/**
 * A data set may have records of others. Those of a job have the fields that the job sends, all of them and no more, and
 * its constants.
 */
export function ownRecords(
  job: Complete,
  columns: readonly Column[],
  { localTime }: Pick<Route, 'localTime'>,
): IsOwn {
  const { fields } = compileRecords(job.record, columns, exampleQuery(job, Date.now(), localTime).rules);
  const keys = ['_id', '_timestamp', ...fields.map(({ name }) => name)];
  const constants = constantsOf(job.record);
  const isMarked = job.record.suppress?.mark === true;
  return (values) => {
    const size = values.size - (isMarked && values.has(MARK) ? 1 : 0);
    return (
      size === keys.length &&
      keys.every((key) => values.has(key)) &&
      constants.every(([key, json]) => spelling(key, values.get(key) ?? '') === json)
    );
  };
}

/** The other jobs that write to the data set of one, and whose records are not told apart from its own. */
export const jobsBeside = (job: Job, all: readonly Job[]): readonly Job[] =>
  othersWithin(job, all).filter((other) => !areToldApart(job, other));

/** The other jobs whose records are in the sums of a data set that are asked for one, since no text tells them apart. */
export function jobsInSums(job: Job, all: readonly Job[]): readonly Job[] {
  const own = textsOf(job.record);
  return othersWithin(job, all).filter((other) => !differ(own, textsOf(other.record)));
}

/** Texts that a question takes for something else. */
const NO_TEXTS: ReadonlySet<string> = new Set(['true', 'false']);

/** The fields of a job that hold the same text in all its records, as far as it can be asked for. */
export const textsOf = (record: Job['record']): ReadonlyMap<string, string> =>
  new Map(
    constantsOf(record)
      .filter(([, json]) => json.startsWith('"'))
      .map(([key, json]) => [key, String(JSON.parse(json))] as const)
      .filter(([, text]) => !NO_TEXTS.has(text)),
  );

/** The other jobs that write to the data set of one. */
const othersWithin = ({ name, data_set: own }: Job, all: readonly Job[]): readonly Job[] =>
  all.filter(
    ({ name: other, data_set }) =>
      other !== name && data_set.data_group === own.data_group && data_set.data_type === own.data_type,
  );

/** Whether a key that both have stands for something else in each. */
const differ = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean =>
  [...one].some(([key, value]) => (other.get(key) ?? value) !== value);

function areToldApart({ record: one }: Job, { record: other }: Job): boolean {
  if (differ(new Map(constantsOf(one)), new Map(constantsOf(other)))) return true;
  if (one.fields === undefined || other.fields === undefined) return false;
  const [keys, others] = [Object.keys(one.fields), Object.keys(other.fields)];
  return keys.length !== others.length || keys.some((key) => !others.includes(key));
}

/** The fields of a job that are the same in all its records, with their JSON. */
function constantsOf({ fields = {} }: Job['record']): [key: string, json: string][] {
  return Object.entries(fields).flatMap(([key, field]) =>
    typeof field === 'object' && 'value' in field
      ? [[key, spelling(key, JSON.stringify(field.value))] as [string, string]]
      : [],
  );
}
