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
import { bothTimes, type Clock, timeInText } from './times.ts';

/** Where the job stands and when it runs. */
export function jobFacts(detail: JobDetail, job: Job, clock: Clock): Markup {
  const shown = job.shown ?? job;
  const { lastSuccessAt, deadLetters, runningSince, waitingSince, ticksSkipped, pending } = detail;
  return html`<section aria-labelledby="facts-title"><h2 id="facts-title" class="hidden">Where it stands</h2>
    <dl class="tiles">
      ${fact('Next run', nextRunOf(detail, clock, { namesZones: false }))}
      ${fact('Last success', lastSuccessAt === undefined ? html`<span class="none">Never</span>` : bothTimes(lastSuccessAt, clock))}
      ${fact('Collected up to', collected(detail, clock))}
      ${fact('Dead letters', deadLetters === 0 ? '0' : html`<a href="#dead-letters">${grouped(deadLetters)}</a>`)}
    </dl>
    <dl class="facts">
      ${fact('Running', runningSince === undefined ? undefined : `For ${spanText(clock.now - runningSince)}`)}
      ${fact('Waiting', waitingSince === undefined ? undefined : `For ${spanText(clock.now - waitingSince)}, because other jobs go first`)}
      ${fact('Data set', html`${shown.data_set.data_group}/<wbr />${shown.data_set.data_type}`)}
      ${fact('Schedule', scheduleOf(detail, shown))}
      ${fact('Zone', `${shown.timezone ?? job.timezone}, in which all times of this page are told`)}
      ${fact('Ticks skipped', ticksSkipped === 0 ? undefined : `${grouped(ticksSkipped)}, because a run still went on`)}
      ${fact('Waits to be sent', pending.length === 0 ? undefined : pending.map((snapshot) => pendingOf(snapshot, clock)))}
      ${fact('Database', said(shown.database))}
      ${fact('File', said(job.file))}
    </dl>
  </section>`;
}

function scheduleOf({ scheduleInWords }: JobDetail, { schedule }: ShownJob): Markup {
  if (schedule === undefined) return 'None: it runs only when somebody asks for it';
  return html`${scheduleInWords} <code>${said(schedule)}</code>`;
}

const pendingOf = ({ takenAt, records, mustEmpty }: PendingSnapshot, clock: Clock): Markup =>
  html`<p>${counted(records, 'record')} of the snapshot taken ${timeInText(takenAt, clock)}${mustEmpty ? '; the data set is emptied first' : ''}</p>`;
