import type { Job } from '../../config/config.ts';
import type { ShownJob } from '../../config/shown-job.ts';
import { html, type Markup, said } from '../../look/markup.ts';
import type { PendingSnapshot } from '../../model/pending.ts';
import { counted, grouped } from '../../words/counts.ts';
import { spanText } from '../../words/durations.ts';
import type { JobDetail } from '../daemon-view.ts';
import { collected } from './collected.ts';
import { nextRunOf } from './job-row.ts';
import { fact } from './page-parts.ts';
import { bothTimes, timeInText, type Viewpoint } from './times.ts';

/** Where the job stands and when it runs. */
export function jobFacts(detail: JobDetail, job: Job, viewpoint: Viewpoint): Markup {
  const definition = job.shown ?? job;
  const { lastSuccessAt, deadLetters, runningSince, waitingSince, ticksSkipped, pending } = detail;
  const lastSuccess =
    lastSuccessAt === undefined ? html`<span class="none">Never</span>` : bothTimes(lastSuccessAt, viewpoint);
  const waitsBehindOthers =
    waitingSince === undefined
      ? undefined
      : `For ${spanText(viewpoint.now - waitingSince)}, because other jobs go first`;
  const waitsToBeSent =
    pending.length === 0 ? undefined : pending.map((snapshot) => pendingOf(snapshot, viewpoint));
  return html`<section aria-labelledby="facts-title"><h2 id="facts-title" class="hidden">Where it stands</h2>
    <dl class="tiles">
      ${fact('Next run', nextRunOf(detail, viewpoint, { namesZones: false }))}
      ${fact('Last success', lastSuccess)}
      ${fact('Collected up to', collected(detail, viewpoint))}
      ${fact('Dead letters', deadLetters === 0 ? '0' : html`<a href="#dead-letters">${grouped(deadLetters)}</a>`)}
    </dl>
    <dl class="facts">
      ${fact('Running', runningSince === undefined ? undefined : `For ${spanText(viewpoint.now - runningSince)}`)}
      ${fact('Waiting', waitsBehindOthers)}
      ${fact('Data set', html`${definition.data_set.data_group}/<wbr />${definition.data_set.data_type}`)}
      ${fact('Schedule', scheduleOf(detail, definition))}
      ${fact('Zone', `${definition.timezone ?? job.timezone}, in which all times of this page are told`)}
      ${fact('Ticks skipped', ticksSkipped === 0 ? undefined : `${grouped(ticksSkipped)}, because a run still went on`)}
      ${fact('Waits to be sent', waitsToBeSent)}
      ${fact('Database', said(definition.database))}
      ${fact('File', said(job.file))}
    </dl>
  </section>`;
}

function scheduleOf({ scheduleInWords }: JobDetail, { schedule }: ShownJob): Markup {
  if (schedule === undefined) return 'None: it runs only when somebody asks for it';
  return html`${scheduleInWords} <code>${said(schedule)}</code>`;
}

const pendingOf = ({ takenAt, records, mustEmpty }: PendingSnapshot, viewpoint: Viewpoint): Markup =>
  html`<p>${counted(records, 'record')} of the snapshot taken ${timeInText(takenAt, viewpoint)}${
    mustEmpty ? '; the data set is emptied first' : ''
  }</p>`;
