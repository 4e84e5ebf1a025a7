import type { Config } from '../../config/config.ts';
import type { RunResult } from '../../model/run.ts';
import { bytesText, counted } from '../../words/counts.ts';
import { durationText } from '../../words/durations.ts';
import { printable } from '../../words/printable.ts';
import { jsonText, runJson } from '../shell/json.ts';
import { type Column, table } from '../shell/table.ts';
import type { Terminal } from '../shell/terminal.ts';
import { afterMessage, outcomeText, remedyText, windowText } from '../shell/text.ts';

/** What is told of runs that have ended. */

interface RunColumn {
  readonly column: string | Column;
  readonly cellOf: (result: RunResult) => string | number;
  /** The column is there only where this holds for one of the results; left out: always. */
  readonly isFor?: (result: RunResult) => boolean;
}

function columnsFor({ jobs, schedule }: Config, terminal: Terminal): readonly RunColumn[] {
  const clock = schedule.timezone;
  const zoneOf = (name: string) => jobs.find((job) => job.name === name)?.timezone ?? clock;
  return [
    { column: 'job', cellOf: ({ job }) => job },
    { column: 'outcome', cellOf: (result) => outcomeText(result, terminal) },
    {
      column: { name: 'window', worth: 4, narrow: 'wrap' },
      cellOf: ({ window, job }) => windowText(window, zoneOf(job), clock),
    },
    { column: { name: 'rows', worth: 3 }, cellOf: ({ rows }) => rows },
    { column: 'records', cellOf: ({ records }) => records },
    {
      column: { name: 'unchanged', worth: 6 },
      cellOf: ({ unchanged }) => unchanged,
      isFor: ({ unchanged }) => unchanged > 0,
    },
    {
      column: { name: 'rows gone', worth: 6 },
      cellOf: ({ vanished }) => vanished,
      isFor: ({ vanished }) => vanished > 0,
    },
    { column: { name: 'dead letters', worth: 5 }, cellOf: ({ deadLetters }) => deadLetters },
    { column: { name: 'requests', worth: 1 }, cellOf: ({ requests }) => requests },
    { column: { name: 'sent', worth: 2 }, cellOf: ({ bytesSent }) => bytesText(bytesSent) },
    {
      column: { name: 'time', worth: 6 },
      cellOf: ({ startedAt, endedAt }) => durationText(endedAt - startedAt),
    },
  ];
}

export async function printTable(
  results: readonly RunResult[],
  config: Config,
  terminal: Terminal,
): Promise<void> {
  const columns = columnsFor(config, terminal).filter(
    ({ isFor }) => isFor === undefined || results.some(isFor),
  );
  const rows = results.map((result) => columns.map(({ cellOf }) => cellOf(result)));
  const heads = columns.map(({ column }) => column);
  if (rows.length > 0) await terminal.print(table(heads, rows, terminal.width));
}

export const printJson = (results: readonly RunResult[], terminal: Terminal): Promise<void> =>
  terminal.print(jsonText(results.map(runJson)));

export function tellFailures(results: readonly RunResult[], { jobs }: Config, terminal: Terminal): void {
  for (const { job: name, failure } of results) {
    if (failure === undefined) continue;
    const file = jobs.find((job) => job.name === name)?.file;
    const place = terminal.isInteractive && file !== undefined ? ` (${file})` : '';
    terminal.tell(
      `\n${terminal.tellStyle('red', name)}${place}: ${printable(failure.message)}\n${afterMessage(failure)}`,
    );
  }
}

/** Where the log that tells of each is not seen. */
export function tellDeadLetters(results: readonly RunResult[], terminal: Terminal): void {
  for (const { job, deadLetters } of results) {
    if (deadLetters === 0) continue;
    const remedy = remedyText(`pp-db-collector dead-letters show ${job}`);
    const kept = `${counted(deadLetters, 'dead letter')}: not delivered, and kept with the reason`;
    terminal.tell(`\n${terminal.tellStyle('yellow', job)}: ${kept}\n${remedy}`);
  }
}

/** A span that was asked for is no job's next run: only the same command goes on with it. */
export function tellHowToGoOn(
  results: readonly RunResult[],
  { from, to }: { readonly from?: string; readonly to?: string },
  terminal: Terminal,
): void {
  if (from === undefined || to === undefined) return;
  for (const { job, outcome } of results) {
    if (outcome !== 'failed' && outcome !== 'interrupted' && outcome !== 'not_ready') continue;
    const command = `pp-db-collector run ${job} --from ${from} --to ${to} --resume`;
    terminal.tell(
      `\n${job}: the span is not collected to its end; to go on where it stopped:\n  ${command}\n`,
    );
  }
}
