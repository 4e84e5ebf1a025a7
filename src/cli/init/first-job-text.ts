import type { Decision, Plan } from '../../first-job/plan.ts';
import type { JobPreview } from '../../first-job/preview-job.ts';
import { counted } from '../../words/counts.ts';
import { table } from '../shell/table.ts';
import { windowText } from '../shell/text.ts';

/** What was decided, and why: one line each. */
export function decisionsText({ draft, decisions }: Plan): string {
  const dataSet = { about: 'data set', text: `${draft.dataGroup}/${draft.name}` };
  const all: readonly Decision[] = [...decisions, dataSet];
  const width = Math.max(...all.map(({ about }) => about.length));
  return all.map(({ about, text }) => `${about.padEnd(width)}  ${text}\n`).join('');
}

const MOST_SHOWN = 5;

/** The first rows of a day. @param width characters in a line of the terminal */
export function previewText(previewed: JobPreview | undefined, width: number | undefined): string {
  if (previewed === undefined)
    return '\nNo rows were read, because the query would take long; `preview` shows some.\n\n';
  const { job, window, columns, rows } = previewed.preview;
  const when = window === undefined ? 'now' : windowText(window, job.timezone);
  const records = rows.filter(({ record }) => record !== undefined).length;
  const problem = rows.find((row) => row.problem !== undefined)?.problem;
  const trouble = problem === undefined ? '' : `! ${problem.message}\n  → ${problem.remedy}\n`;
  if (rows.length === 0) return `\n${when}: no rows\n\n`;
  const shown = rows
    .slice(0, MOST_SHOWN)
    .map(({ row }) => row.map((value) => (value === null ? 'NULL' : String(value))));
  const more = rows.length > MOST_SHOWN ? '…\n' : '';
  const head = columns.map(({ name }) => name);
  return `\n${when}: ${counted(records, 'record')}\n${table(head, shown, width)}${more}${trouble}\n`;
}
