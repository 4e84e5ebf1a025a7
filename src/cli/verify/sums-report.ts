import type { Job } from '../../config/config.ts';
import type { DayDifference, SumsVerification } from '../../model/verification.ts';
import type { SumsRepair } from '../../verify/repair-sums.ts';
import { counted, grouped, listed } from '../../words/counts.ts';
import { printable } from '../../words/printable.ts';
import type { Setting } from '../shell/setting.ts';
import { table } from '../shell/table.ts';
import { aboutJson, MOST_SHOWN, ofSpan } from './about.ts';

const COLUMNS = ['day (UTC)', 'sum of', 'source', 'data set'] as const;

/** What came of comparing counts and sums, for people. */
export function sumsText(
  verification: SumsVerification,
  job: Job,
  { config, terminal }: Pick<Setting, 'config' | 'terminal'>,
): string {
  const { days, records, differences } = verification;
  const where = ofSpan(verification, job, config);
  const limits = limitsText(verification, job.name);
  if (differences.length === 0)
    return `${job.name}: counts and sums agree with the source: ${counted(records, 'record')} on ${counted(days, 'day')}${where}\n${limits}`;
  const rows = differences.slice(0, MOST_SHOWN).flatMap(rowsOf);
  const more = differences.length - MOST_SHOWN;
  return [
    `${job.name}: ${counted(differences.length, 'day')}${where} with other counts or sums than the source\n`,
    table(COLUMNS, rows, terminal.width),
    more > 0 ? `and ${counted(more, 'more day')}; --json lists all\n` : '',
    limits,
  ].join('');
}

/** What to do about days that differ. */
export const remedyOfSums = ({ name }: Job): string =>
  `pp-db-collector verify ${name} --repair collects these days again and sends them whole; what the source no longer has stays in the data set.`;

function rowsOf({ start, count, sums }: DayDifference): string[][] {
  const day = start.slice(0, 10);
  const counts =
    count.source === count.dataSet ? [] : [['(records)', grouped(count.source), grouped(count.dataSet)]];
  const fields = sums.map(({ field, source = 'no number', dataSet = 'no number' }) => [
    printable(field),
    source,
    dataSet,
  ]);
  return [...counts, ...fields].map((cells, index) => [index === 0 ? day : '', ...cells]);
}

/** What was compared, and what this cannot see. */
function limitsText({ reason, fields, setAside }: SumsVerification, job: string): string {
  const sums = fields.length === 0 ? '' : ` and the sums of ${listed(fields.map(printable))}`;
  return [
    `Only the number of records${sums} of each day were compared, as single records cannot be read: ${printable(reason)}.\n`,
    'This does not see other texts, nor changes that leave a sum as it is; and it counts records that others have put into the data set.\n',
    setAside === 0
      ? ''
      : `${counted(setAside, 'row')} cannot be delivered as they are and were left out, which may be a difference by itself: pp-db-collector dead-letters list ${job}\n`,
  ].join('');
}

export function sumsRepairText(job: string, { delivered, left, result }: SumsRepair): string {
  const letters = result.deadLetters === 0 ? '' : `, ${counted(result.deadLetters, 'dead letter')}`;
  const rest =
    left.length === 0
      ? 'counts and sums agree with the source now'
      : `still ${counted(left.length, 'day')} with other counts or sums. The data set may have records that the source no longer has: they can be found where single records may be read (raw_queries_allowed), or go when the data set is emptied and all is collected again`;
  return `${job}: ${counted(delivered, 'record')} delivered${letters}; ${rest}\n`;
}

/** For programs; numbers keep all their digits. */
export function sumsJson(verification: SumsVerification, repair?: SumsRepair): Record<string, unknown> {
  const { reason, fields, days, records, setAside, differences } = verification;
  return {
    ...aboutJson(verification),
    compared: 'sums',
    why_not_records: reason,
    agrees: differences.length === 0,
    fields,
    days,
    source: records,
    set_aside: setAside,
    differences: differences.map(dayJson),
    ...(repair && { repair: { delivered: repair.delivered, left: repair.left.map(dayJson) } }),
  };
}

const dayJson = ({ start, count, sums }: DayDifference) => ({
  start,
  count: { source: count.source, data_set: count.dataSet },
  sums: Object.fromEntries(
    sums.map(({ field, source, dataSet }) => [
      field,
      { source: numberJson(source), data_set: numberJson(dataSet) },
    ]),
  ),
});

const numberJson = (text: string | undefined) => (text === undefined ? null : JSON.rawJSON(text));
