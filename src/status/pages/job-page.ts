import type { Job } from '../../config/config.ts';
import type { ShownJob } from '../../config/shown-job.ts';
import { badge } from '../../look/icon.ts';
import { html, type Markup, said, visible } from '../../look/markup.ts';
import { hasWindows } from '../../model/mode.ts';
import type { PendingSnapshot } from '../../model/pending.ts';
import type { RunResult } from '../../model/run.ts';
import { differencesOf } from '../../model/verification.ts';
import { counted, grouped } from '../../words/counts.ts';
import { relativeText, spanText } from '../../words/durations.ts';
import { verificationSaid } from '../../words/verification.ts';
import type { JobDetail } from '../daemon-view.ts';
import { calendarStrip } from './calendar-strip.ts';
import { documentOf } from './document.ts';
import { figuresSection } from './figures-section.ts';
import { gapsNotice } from './gaps.ts';
import { modeInWords, recordInWords } from './job-in-words.ts';
import { collected, nextRunOf } from './job-row.ts';
import { failureSection, lettersSection, runTable } from './job-sections.ts';
import { latenessSection } from './lateness-section.ts';
import { dataSetName, fact, problemList } from './page-parts.ts';
import { carried, type PageQuery } from './page-query.ts';
import { runProgress } from './run-progress.ts';
import { isGrave, lookOf, troubleOf, troubleText } from './situation.ts';
import { sparkLine } from './spark-line.ts';
import { bothTimes, otherZone, timeInText, type Viewpoint, viewpointOfJob } from './times.ts';

/** Where the job stands and when it runs. */
function jobFacts(detail: JobDetail, job: Job, viewpoint: Viewpoint): Markup {
  const definition = job.shown ?? job;
  const { lastSuccessAt, deadLetters, running, runBy, waitingSince, ticksSkipped, pending } = detail;
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
      ${fact('Next run', nextRunOf(detail, viewpoint))}
      ${fact('Last success', lastSuccess)}
      ${fact('Collected up to', collected(detail, viewpoint))}
      ${fact('Dead letters', deadLetters === 0 ? '0' : html`<a href="#dead-letters">${grouped(deadLetters)}</a>`)}
    </dl>
    <dl class="facts">
      ${fact('Running', running && html`For ${spanText(viewpoint.now - running.since)}${by(runBy)}${runProgress(running, viewpoint.now)}`)}
      ${fact('Waiting', waitsBehindOthers)}
      ${fact('Data set', dataSetName(definition.data_set, detail.dashboard))}
      ${fact('Schedule', scheduleOf(detail, definition))}
      ${fact('Zone', html`${said(definition.timezone ?? job.timezone)}, by which it is scheduled and its periods begin`)}
      ${fact('Ticks skipped', ticksSkipped === 0 ? undefined : `${grouped(ticksSkipped)}, because a run still went on`)}
      ${fact('Waits to be sent', waitsToBeSent)}
      ${fact('Verified', verifiedOf(detail, viewpoint))}
      ${fact('Database', said(definition.database))}
      ${fact('File', said(job.file))}
    </dl>
  </section>`;
}

function scheduleOf({ scheduleInWords }: JobDetail, { schedule }: ShownJob): Markup {
  if (schedule === undefined) return 'None: it runs only when somebody asks for it';
  return html`${scheduleInWords} <code>${said(schedule)}</code>`;
}

/** What came of comparing the data set with the source, and what to do when it differs. */
function verifiedOf({ name, verification, nextVerification }: JobDetail, viewpoint: Viewpoint): Markup {
  const next =
    nextVerification === undefined ? undefined : html`<p>Next ${timeInText(nextVerification, viewpoint)}</p>`;
  if (verification === undefined) return next && html`<p>Not yet</p>${next}`;
  const { startedAt, outcome } = verification;
  const remedy =
    differencesOf(outcome) === 0
      ? undefined
      : html`<p>To see what differs, and why: <code>pp-db-collector verify ${said(name)}</code></p>`;
  return html`<p>${timeInText(startedAt, viewpoint)}: it ${said(verificationSaid(outcome))}</p>${remedy}${next}`;
}

const pendingOf = ({ takenAt, records, mustEmpty }: PendingSnapshot, viewpoint: Viewpoint): Markup =>
  html`<p>${counted(records, 'record')} of the snapshot taken ${timeInText(takenAt, viewpoint)}${
    mustEmpty ? '; the data set is emptied first' : ''
  }</p>`;

interface JobPageFacts {
  readonly detail: JobDetail;
  /** Newest first. */
  readonly runs: readonly RunResult[];
  readonly version: string;
  readonly viewpoint: Viewpoint;
  readonly canRunNow: boolean;
}

/** Everything that is known of one job. */
export function jobPage(facts: JobPageFacts, query: PageQuery): string {
  const { detail, version, viewpoint } = facts;
  const { now } = viewpoint;
  const { tone } = stateOf(detail, now);
  const content = html`
    <p class="back"><a href=${`../${carried(query)}`}>All jobs</a></p>
    ${titleOf(facts, query)}
    ${detail.job === undefined ? problemsOf(detail) : sectionsOf(facts, detail.job)}`;
  const title = `${detail.name}: ${stateOf(detail, now).words}`;
  return documentOf({ title, tone, root: '../', version, viewpoint, query, content });
}

/** How the job is, as the end of a sentence that begins with its name. */
function stateOf(detail: JobDetail, now: number) {
  const look = lookOf(detail);
  const [trouble, text] = [troubleOf(detail), troubleText(detail, now)];
  if (text !== undefined && isGrave(trouble))
    return { ...look, words: text, tone: 'bad', shape: 'cross' } as const;
  if (text !== undefined) return { words: text, tone: 'warn', shape: 'triangle' } as const;
  if (detail.job?.enabled === false)
    return { words: 'is switched off', tone: 'calm', shape: 'dashed' } as const;
  const last = detail.lastRun;
  if (last === undefined) return { ...look, words: 'has not run yet' };
  return { ...look, words: `is all right; its last run ended ${relativeText(last.endedAt, now)}` };
}

function titleOf({ detail, viewpoint, canRunNow }: JobPageFacts, query: PageQuery): Markup {
  const { name, job } = detail;
  const definition = job?.shown ?? job;
  const form = html`<form method="post" action=${`../api/jobs/${encodeURIComponent(name)}/run`}>
      <button type="submit">Run now</button></form>`;
  const state = stateOf(detail, viewpoint.now);
  const isRunnable = job !== undefined;
  return html`<div class="title"><div>
      <h1>${said(name)}</h1>
      ${definition?.description === undefined ? undefined : html`<p class="lead">${said(definition.description)}</p>`}
    </div>${isRunnable && canRunNow ? form : undefined}</div>
    ${RUN_NOTICES[query.run ?? 'none']}
    <p class="state">${badge({ ...state, words: `The job ${state.words}.` })}</p>
    ${isRunnable && !canRunNow ? howToRun(name) : undefined}`;
}

/** Whoever reads the page may run jobs only where a token says who that is. */
const howToRun = (name: string): Markup =>
  html`<p class="sub how">To run it now: <code>pp-db-collector run ${said(name)}</code>. For a button here set <code
    >http.token</code> in the configuration.</p>`;

const RUN_NOTICES: Readonly<Record<NonNullable<PageQuery['run']> | 'none', Markup>> = {
  queued: html`<p class="notice calm" role="status">A run is asked for; it begins as soon as there is room for it.</p>`,
  'already-running': html`<p class="notice calm" role="status">The job runs already, so no other run was begun.</p>`,
  none: undefined,
};

const problemsOf = ({ problems }: JobDetail): Markup =>
  html`<section class="notice bad" aria-labelledby="problems-title">
    <h2 id="problems-title">What is wrong with its file</h2>
    <p>Correct it and reload; <code>pp-db-collector check</code> tells whether it is right.</p>
    ${problemList(problems)}</section>`;

function sectionsOf({ detail, runs, viewpoint }: JobPageFacts, job: Job): Markup {
  return [
    failureSection(runs, job, viewpoint),
    jobFacts(detail, job, viewpoint),
    lettersSection(detail.letters, job, viewpoint),
    periodsOf(detail, job, viewpoint),
    figuresSection(detail, viewpoint.now),
    latenessSection(detail),
    runsOf(runs, job, viewpoint),
    definitionOf(job.shown ?? job),
  ];
}

function periodsOf({ name, periods, collected }: JobDetail, job: Job, viewpoint: Viewpoint): Markup {
  if (!hasWindows(job) || periods.length === 0) return undefined;
  const { period } = job.window;
  const zone = otherZone(viewpointOfJob(job, viewpoint), viewpoint);
  const gaps = gapsNotice({ job: name, period, zone: job.timezone, gaps: collected?.gaps ?? [] });
  return html`<section aria-labelledby="periods-title"><h2 id="periods-title">Periods</h2>
    ${zone && html`<p>They begin and end by the clock of ${said(zone)}.</p>`}
    ${calendarStrip(periods, { period, zone: job.timezone, viewpoint })}${gaps}</section>`;
}

function runsOf(runs: readonly RunResult[], job: Job, viewpoint: Viewpoint): Markup {
  return html`<section aria-labelledby="runs-title"><h2 id="runs-title">Runs</h2>
    ${
      runs.length === 0
        ? html`<p>The job has not run yet.</p>`
        : html`<p class="chart">${sparkLine(runs)}</p>${runTable(runs, job, viewpoint)}`
    }
  </section>`;
}

const by = (runBy: string | undefined): string => (runBy === undefined ? '' : ` by ${runBy}`);

/** What the job file says. */
function definitionOf(job: ShownJob): Markup {
  const rows = recordInWords(job).map(
    ({ name, origin }) => html`<div><dt><code>${said(name)}</code></dt><dd>${origin}</dd></div>`,
  );
  return html`<section aria-labelledby="collects-title"><h2 id="collects-title">What it collects</h2>
      <ul>${modeInWords(job).map((text) => html`<li>${said(text)}</li>`)}</ul>
    </section>
    <section aria-labelledby="query-title"><h2 id="query-title">Query</h2>
      <pre><code>${visible(job.query.trim())}</code></pre></section>
    <section aria-labelledby="record-title"><h2 id="record-title">Record</h2>
      <dl class="facts mapping">${rows}</dl></section>`;
}
