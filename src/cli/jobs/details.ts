import { scheduleInWords } from '../../cron/schedule-in-words.ts';
import { hasWindows, TRAITS } from '../../model/mode.ts';
import { counted, grouped } from '../../words/counts.ts';
import { durationText } from '../../words/durations.ts';
import { runningText } from '../../words/running.ts';
import { verificationSaid } from '../../words/verification.ts';
import type { Terminal } from '../shell/terminal.ts';
import { facts, minuteText, outcomeText, progressText, spanFacts } from '../shell/text.ts';
import type { JobStatus } from './job-status.ts';

export const nextRunsText = ({ nextRuns }: Pick<JobStatus, 'nextRuns'>, clock: string): string =>
  nextRuns.map((tick) => minuteText(tick, clock)).join(', ') || '–';

/** `running: 7 of 24 windows, about 30 s left`; undefined: it does not run. */
export function runningNow(running: JobStatus['running']): string | undefined {
  if (running === undefined) return undefined;
  const soFar = runningText(running, Date.now());
  return soFar === undefined ? 'running' : `running: ${soFar}`;
}

/** Everything of one job, a line for each fact. */
export function jobDetails(status: JobStatus, clock: string, terminal: Terminal): string {
  const { job, schedule, progress, deadLetters, pendingRecords } = status;
  const now = runningNow(status.running);
  return `${terminal.style('bold', job.name)}\n${facts([
    ...(job.description === undefined ? [] : [['description', job.description] as const]),
    ['file', job.file],
    ['data set', `${job.data_set.data_group}/${job.data_set.data_type}`],
    ['database', job.database],
    ['collects', collectsText(job)],
    ...zoneFacts(job.timezone, clock),
    ['schedule', schedule],
    ['next runs', nextRunsText(status, clock)],
    ...(now === undefined ? [] : [['now', now] as const]),
    ['last run', lastRunText(status, clock, terminal)],
    ['collected up to', progressText(progress, job.timezone, clock)],
    ...spanFacts('gaps', status.collected?.gaps ?? [], job.timezone, clock),
    ...(status.notCompared === undefined ? [] : [['expect.change', status.notCompared] as const]),
    ...(status.lateness === undefined ? [] : [['lateness', status.lateness] as const]),
    ...verifiedFacts(status, clock),
    ['dead letters', grouped(deadLetters)],
    ['pending', counted(pendingRecords, 'record')],
  ])}`;
}

/** When its data set is compared with the source, and what came of that the last time. */
function verifiedFacts(
  { job: { verify, timezone }, verification }: JobStatus,
  clock: string,
): readonly (readonly [string, string])[] {
  if (verify === undefined && verification === undefined) return [];
  const zone = timezone === clock ? '' : `, ${timezone}`;
  const last =
    verification && `${minuteText(verification.startedAt, clock)}, ${verificationSaid(verification.outcome)}`;
  return [
    ...(verify === undefined ? [] : [['verify', `${scheduleInWords(verify.schedule)}${zone}`] as const]),
    ['verified', last ?? 'not yet'],
  ];
}

function collectsText(job: JobStatus['job']): string {
  const { collects } = TRAITS[job.mode];
  return hasWindows(job) ? `${collects}, every ${job.window.period}` : collects;
}

/** By which clock the times are, and how the job's own is another one. */
const zoneFacts = (zone: string, clock: string): (readonly [string, string])[] =>
  zone === clock
    ? [['time zone', zone]]
    : [
        ['time zone', `${zone}, by which it is scheduled and its periods begin`],
        ['times in', clock],
      ];

function lastRunText({ lastRun }: JobStatus, clock: string, terminal: Terminal): string {
  if (lastRun === undefined) return 'never ran';
  const { startedAt, endedAt, records, failure } = lastRun;
  const what = [
    minuteText(startedAt, clock),
    outcomeText(lastRun, terminal),
    counted(records, 'record'),
    durationText(endedAt - startedAt),
  ].join(', ');
  return failure === undefined ? what : `${what}: ${failure.message}`;
}
