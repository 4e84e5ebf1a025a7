import { parseDateTime } from '../../calendar/date-time.ts';
import type { Job } from '../../config/config.ts';
import { badge } from '../../look/icon.ts';
import { html, type Markup, said } from '../../look/markup.ts';
import type { JobRecords } from '../../model/figures.ts';
import type { CursorValue } from '../../model/query.ts';
import type { RunResult } from '../../model/run.ts';
import { counted, grouped, sentence } from '../../words/counts.ts';
import { durationText, relativeText, spanText } from '../../words/durations.ts';
import { verificationSaid } from '../../words/verification.ts';
import type { JobView } from '../daemon-view.ts';
import { arrivedLine } from './arrived-line.ts';
import { dataSetName, problemList } from './page-parts.ts';
import { carried, type PageQuery } from './page-query.ts';
import { runProgress } from './run-progress.ts';
import { durationOf, isGrave, lookOf, troubleOf } from './situation.ts';
import { sparkLine } from './spark-line.ts';
import { bothTimes, localTime, otherZone, relativeTime, type Viewpoint, viewpointOfJob } from './times.ts';

/** The longest value of a position that is shown whole. */
const LONGEST = 40;

/** Up to where a job is collected, and how much of what is due is not. */
export function collected(view: JobView, viewpoint: Viewpoint): Markup {
  const { cursor, collectedTo } = view.progress ?? {};
  if (cursor !== undefined) {
    const values = cursor.map(({ text }) => html`<span class="value">${said(cut(text))}</span>`);
    return html`<span class="position">${values}</span> ${cursorLag(cursor, view, viewpoint)}`;
  }
  if (collectedTo === undefined) return html`<span class="none">Nothing yet</span>`;
  const own = view.job === undefined ? viewpoint : viewpointOfJob(view.job, viewpoint);
  const zone = otherZone(own, viewpoint);
  return html`${localTime(collectedTo, own)}${zone && html` <span class="sub">${said(zone)}</span>`} <span
    class="sub">${lagText(view, collectedTo, viewpoint.now)}</span>`;
}

const cut = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`);

/** A local time without its offset may be that of any zone: then the last success tells how new the position is. */
function cursorLag(cursor: readonly CursorValue[], { lastSuccessAt }: JobView, { now }: Viewpoint): Markup {
  const time = cursor.map(instantOf).find((instant) => instant !== undefined);
  if (time !== undefined) return html`<span class="sub">${ageText(time, now, 'newest row ', ' old')}</span>`;
  if (lastSuccessAt === undefined) return undefined;
  return html`<span class="sub">as of ${relativeText(lastSuccessAt, now)}</span>`;
}

function instantOf({ kind, text }: CursorValue): number | undefined {
  const time = kind === 'datetime' ? parseDateTime(text) : undefined;
  return time?.offset === undefined ? undefined : time.wallClock - time.offset;
}

/** What is owed, and of what nothing is when the next is: `3 days behind`, `up to date, next in 36 days`. */
function lagText(view: JobView, to: number, now: number): Markup {
  const due = view.due();
  if (due === undefined) return ageText(to, now, 'as of ', ' ago');
  if (due.behind > 0) return `${spanText(due.behind)} behind`;
  return due.nextAt === undefined
    ? 'up to date'
    : html`up to date<span class="more">, next ${relativeText(due.nextAt, now)}</span>`;
}

/** How old a position is, which says nothing of what is owed: nobody knows which rows are still to come. */
const ageText = (to: number, now: number, before: string, after: string): string =>
  to > now ? `${spanText(to - now)} ahead of the clock` : `${before}${spanText(now - to)}${after}`;

/** The head of the table, and on a narrow screen the label of each value. */
export const COLUMNS = {
  job: 'Job',
  last: 'Last run',
  records: 'Records',
  arrived: 'Arrived',
  collected: 'Collected up to',
  runs: 'Last 30 runs',
  next: 'Next run',
  letters: 'Dead letters',
} as const;

const MOST_PROBLEMS = 3;

/** What has become of a job lately. */
export interface Lately {
  /** Newest first. */
  readonly runs: readonly RunResult[];
  /** Undefined: nothing has arrived. */
  readonly records: JobRecords | undefined;
}

interface RowSetting {
  readonly viewpoint: Viewpoint;
  readonly query: PageQuery;
}

/** From the start page. */
export const pathOfJob = (name: string, query: PageQuery): string =>
  `jobs/${encodeURIComponent(name)}${carried(query)}`;

/** One job of the table. The roles are those of the elements; browsers forget them where the style makes cards of rows. */
export function jobRow(view: JobView, lately: Lately, setting: RowSetting): Markup {
  const trouble = troubleOf(view);
  const tone = trouble === undefined ? 'good' : isGrave(trouble) ? 'bad' : 'warn';
  return html`<tr role="row" class=${tone}>
    <th role="rowheader" scope="row" class="job">${nameOf(view, setting)}</th>
    ${view.job === undefined ? problemsCell(view, setting) : cellsOf(view, view.job, lately, setting.viewpoint)}
    ${reasonCell(view)}
  </tr>`;
}

function nameOf({ name, job, dashboard }: JobView, { query }: RowSetting): Markup {
  const link = html`<a class="name" href=${pathOfJob(name, query)}>${said(name)}</a>`;
  if (job === undefined) return link;
  const { data_set: dataSet, description } = job.shown ?? job;
  return html`${link}
    ${description === undefined ? undefined : html`<p class="description">${said(description)}</p>`}
    <p class="data-set"><span class="hidden">Data set: </span>${dataSetName(dataSet, dashboard)}</p>`;
}

function cellsOf(view: JobView, job: Job, { runs, records }: Lately, viewpoint: Viewpoint): Markup {
  const { lastRun: last, deadLetters } = view;
  return [
    cell(
      'last',
      html`${badge(lookOf(view))}${
        last &&
        html`<span class="sub">${relativeTime(last.endedAt, viewpoint)}<span class="took">, took ${durationText(durationOf(last))}</span></span>`
      }${presentOf(view, viewpoint)}`,
      'status',
    ),
    cell('records', last && recordsOf(last), 'number'),
    cell('arrived', arrivedLine(records, job, viewpoint.now) ?? noRecords(view), 'chart'),
    cell('collected', html`${collected(view, viewpoint)}${pendingOf(view)}`),
    cell('runs', sparkLine(runs), 'chart'),
    cell('next', nextRunOf(view, viewpoint)),
    cell(
      'letters',
      deadLetters === 0 ? '0' : html`<span class="badge warn">${grouped(deadLetters)}</span>`,
      'number',
    ),
  ];
}

/** Those that were sent, and of how many others that was not needed. */
const recordsOf = ({ records, unchanged }: RunResult): Markup =>
  html`${grouped(records)}${unchanged === 0 ? undefined : html`<span class="sub">${grouped(unchanged)} unchanged</span>`}`;

/** What came before figures were kept is not known. */
const noRecords = ({ lastRun }: JobView): Markup =>
  html`<span class="none">${lastRun === undefined ? 'Nothing yet' : 'Not known'}</span>`;

/** Why a job is in trouble, in one line below all others. */
function reasonCell(view: JobView): Markup {
  const message = reasonOf(view);
  if (message === undefined) return undefined;
  return html`<td role="cell" class="reason" colspan=${Object.keys(COLUMNS).length} title=${message}>${said(sentence(message))}</td>`;
}

function reasonOf(view: JobView): string | undefined {
  const trouble = troubleOf(view);
  if (trouble === 'failing') return view.lastRun?.failure?.message;
  return trouble === 'differs' && view.verification
    ? `The data set ${verificationSaid(view.verification.outcome)}`
    : undefined;
}

const cell = (column: keyof typeof COLUMNS, content: Markup, kind = ''): Markup =>
  html`<td role="cell" class=${`${column} ${kind} ${content === undefined ? 'empty' : ''}`.trim()}
    data-label=${COLUMNS[column]}>${content}</td>`;

/** What the job does at this moment, besides its last run. */
function presentOf({ running, runBy, waitingSince, isStale }: JobView, { now }: Viewpoint): Markup {
  return [
    running !== undefined &&
      badge({ words: `Running for ${spanText(now - running.since)}`, tone: 'calm', shape: 'play' }),
    running !== undefined && runBy !== undefined && html`<span class="sub">by ${said(runBy)}</span>`,
    running !== undefined && runProgress(running, now),
    waitingSince !== undefined &&
      badge({ words: `Waiting for ${spanText(now - waitingSince)}`, tone: 'calm', shape: 'clock' }),
    isStale && badge({ words: 'Stale', tone: 'bad', shape: 'clock' }),
  ].filter((each) => each !== false);
}

function pendingOf({ pendingRecords }: JobView): Markup {
  if (pendingRecords === 0) return undefined;
  return html` <span class="sub">${counted(pendingRecords, 'record')} wait to be sent</span>`;
}

/** When the job runs next, or why it does not by itself. */
export function nextRunOf({ job, nextRun }: JobView, viewpoint: Viewpoint): Markup {
  if (nextRun !== undefined) return bothTimes(nextRun, viewpoint);
  if (job?.enabled === false) return html`<span class="none">Switched off</span>`;
  return html`<span class="none">Only by hand</span>`;
}

function problemsCell({ name, problems }: JobView, { query }: RowSetting): Markup {
  const others = problems.length - MOST_PROBLEMS;
  const more = html`<p><a href=${pathOfJob(name, query)}>${counted(others, 'more mistake')}<span
    class="hidden"> in ${name}</span></a></p>`;
  return html`<td role="cell" class="problems" colspan=${Object.keys(COLUMNS).length - 1}>
    ${badge({ words: 'Wrong job file: the job cannot run', tone: 'bad', shape: 'cross' })}
    ${problemList(problems.slice(0, MOST_PROBLEMS))}${others > 0 ? more : undefined}
  </td>`;
}
