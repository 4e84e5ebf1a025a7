import type { Job } from '../../config/config.ts';
import { TRAITS } from '../../model/mode.ts';
import type { RecordValues } from '../../model/record-values.ts';
import { agrees, type RecordDifference, type Verification } from '../../model/verification.ts';
import { differences } from '../../verify/content.ts';
import type { Repair } from '../../verify/repair.ts';
import { counted, grouped, listed } from '../../words/counts.ts';
import { printable } from '../../words/printable.ts';
import type { Setting } from '../shell/setting.ts';
import { table } from '../shell/table.ts';
import { remedyText } from '../shell/text.ts';
import { aboutJson, MOST_SHOWN, ofSpan } from './about.ts';

const COLUMNS = [
  '',
  '_timestamp',
  { name: '_id', worth: 2 },
  { name: 'source → data set', narrow: 'wrap', least: 24 },
  { name: 'stored', worth: 1 },
] as const;

/** What came of a verification, for people. */
export function verificationText(
  verification: Verification,
  job: Job,
  { config, terminal }: Pick<Setting, 'config' | 'terminal'>,
): string {
  const { counts, differences: found } = verification;
  const where = ofSpan(verification, job, config);
  const aside =
    counts.setAside === 0
      ? ''
      : `${counted(counts.setAside, 'row')} cannot be delivered as they are: pp-db-collector dead-letters list ${job.name}\n`;
  if (agrees(verification))
    return `${job.name}: agrees with the source: ${counted(counts.source, 'record')}${where}\n${aside}`;
  const shown = found.slice(0, MOST_SHOWN);
  const count = counts.missing + counts.different + counts.extra;
  const more = count - shown.length;
  return [
    `${job.name}: differs from the source in ${counted(count, 'record')}${where}: ${summary(counts)}; ${grouped(counts.equal)} ${counts.equal === 1 ? 'is' : 'are'} equal\n`,
    aside,
    table(COLUMNS, shown.map(rowOf), terminal.width),
    more > 0
      ? `and ${grouped(more)} more${found.length > shown.length ? '; --json lists more of them' : ''}\n`
      : '',
  ].join('');
}

const summary = ({ missing, different, extra }: Repair['left']): string =>
  listed([
    ...(missing > 0 ? [`${grouped(missing)} missing`] : []),
    ...(different > 0 ? [`${grouped(different)} different`] : []),
    ...(extra > 0 ? [`${grouped(extra)} extra`] : []),
  ]);

/** What to do about records that differ. */
export function remedyOf(job: Job): string {
  if (TRAITS[job.mode].hasAllRecords)
    return `The source may have moved on since the snapshot: take a new one with pp-db-collector run ${job.name}, and verify right behind it.`;
  return `pp-db-collector verify ${job.name} --repair delivers what is missing or different; --delete-extra removes what is extra, too.`;
}

function rowOf(difference: RecordDifference): string[] {
  const { standing, timestamp, id, updatedAt = '–' } = difference;
  return [standing, timestamp, printable(id), printable(fieldsText(difference)), updatedAt];
}

function fieldsText({ standing, source = NOTHING, dataSet = NOTHING }: RecordDifference): string {
  if (standing !== 'different') return '';
  return differences(source, dataSet)
    .map(({ key, source: one = 'nothing', dataSet: other = 'nothing' }) => `${key}: ${one} → ${other}`)
    .join(', ');
}

const NOTHING: RecordValues = new Map();

/** Why nothing is extra. */
export const besideText = ({ name }: Job, others: readonly Job[]): string =>
  `${name}: what only the data set has is not looked for, because nothing tells its records from those of ${listed(others.map((other) => other.name))}\n`;

/** What a removal removes, for the person who is asked. */
export function removalText({ name }: Job, { counts, differences: found }: Verification): string {
  const extra = found.filter(({ standing }) => standing === 'extra');
  const shown = extra.slice(0, MOST_SHOWN).map(({ id, timestamp }) => `  ${timestamp}  ${printable(id)}\n`);
  const more = counts.extra - shown.length;
  return [
    `${name}: ${counted(counts.extra, 'record')} that the source does not have will be removed from the data set:\n`,
    ...shown,
    more > 0 ? `  and ${grouped(more)} more\n` : '',
  ].join('');
}

export function repairText(job: Job, { delivered, removed, left, result }: Repair): string {
  const done = `${counted(delivered, 'record')} delivered, ${grouped(removed)} removed`;
  const letters = result.deadLetters === 0 ? '' : `, ${counted(result.deadLetters, 'dead letter')}`;
  const rest = agrees({ counts: left })
    ? 'the data set agrees with the source now\n'
    : `still ${summary(left)}\n${remedyText(remedyOf(job))}`;
  return `${job.name}: ${done}${letters}; ${rest}`;
}

/** For programs; values keep all their digits. */
export function verificationJson(verification: Verification, repair?: Repair): Record<string, unknown> {
  const { counts, differences: found } = verification;
  const { setAside, ...others } = counts;
  return {
    ...aboutJson(verification),
    compared: 'records',
    agrees: agrees(verification),
    ...others,
    set_aside: setAside,
    differences: found.map(differenceJson),
    ...(repair && { repair: { delivered: repair.delivered, removed: repair.removed, left: repair.left } }),
  };
}

const differenceJson = ({ standing, id, timestamp, source, dataSet, updatedAt }: RecordDifference) => ({
  standing,
  _id: id,
  _timestamp: timestamp,
  fields:
    source === undefined || dataSet === undefined ? [] : differences(source, dataSet).map(({ key }) => key),
  source: source === undefined ? null : valuesJson(source),
  data_set: dataSet === undefined ? null : valuesJson(dataSet),
  updated_at: updatedAt ?? null,
});

const valuesJson = (values: RecordValues) =>
  Object.fromEntries([...values].map(([key, json]) => [key, JSON.rawJSON(json)]));
