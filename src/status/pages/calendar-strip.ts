import type { Period } from '../../calendar/period.ts';
import { html, type Markup } from '../../look/markup.ts';
import { capitalized, counted, grouped, listed } from '../../words/counts.ts';
import type { PeriodView } from '../daemon-view.ts';
import { atText, type Viewpoint } from './times.ts';

const STATE_WORDS: Readonly<Record<PeriodView['state'], string>> = {
  collected: 'collected',
  owed: 'owed',
  due: 'due',
  gap: 'in a gap',
  before: 'before this job’s time',
  'not-over': 'not over',
};

const STATES = Object.keys(STATE_WORDS) as readonly PeriodView['state'][];

type Words = typeof STATE_WORDS;

/** What is due is so at one time: that of the next run. */
function wordsOf(periods: readonly PeriodView[], viewpoint: Viewpoint): Words {
  const dueAt = periods.find((period) => period.dueAt !== undefined)?.dueAt;
  return dueAt === undefined ? STATE_WORDS : { ...STATE_WORDS, due: `due ${atText(dueAt, viewpoint)}` };
}

type Form = Intl.DateTimeFormatOptions;

/** How the periods of a length are put into lines, and what is written into and told of each. */
export const FORMS: Readonly<
  Record<Period, { readonly line: Form; readonly cell: Form; readonly whole: Form }>
> = {
  hour: {
    line: { weekday: 'short', day: 'numeric', month: 'short' },
    cell: { hour: '2-digit', hourCycle: 'h23' },
    whole: { day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  },
  day: {
    line: { month: 'short', year: 'numeric' },
    cell: { day: 'numeric' },
    whole: { weekday: 'long', day: 'numeric', month: 'long' },
  },
  week: {
    line: { month: 'short', year: 'numeric' },
    cell: { day: 'numeric' },
    whole: { weekday: 'long', day: 'numeric', month: 'long' },
  },
  month: { line: { year: 'numeric' }, cell: { month: 'short' }, whole: { month: 'long', year: 'numeric' } },
  quarter: { line: { year: 'numeric' }, cell: { month: 'short' }, whole: { month: 'long', year: 'numeric' } },
  year: { line: {}, cell: { year: 'numeric' }, whole: { year: 'numeric' } },
};

/** Of periods that are named by where they begin. */
export const PREFIXES: Readonly<Partial<Record<Period, string>>> = {
  week: 'Week from ',
  quarter: 'Quarter from ',
};

interface Strip {
  readonly period: Period;
  /** Of the job. */
  readonly zone: string;
  readonly viewpoint: Viewpoint;
}

/** The periods of a window job, line by line as on a calendar, each with its state in words, shape and colour. */
export function calendarStrip(periods: readonly PeriodView[], { period, zone, viewpoint }: Strip): Markup {
  const words = wordsOf(periods, viewpoint);
  const { line, cell, whole } = FORMS[period];
  const format = (form: Form) => new Intl.DateTimeFormat('en-GB', { ...form, timeZone: zone });
  const [lineOf, cellOf, wholeOf] = [format(line), format(cell), format(whole)];
  const lines = Map.groupBy(periods, ({ from }) => (period === 'year' ? 'Years' : lineOf.format(from)));
  return html`<p>${stripText(periods, period, words)}</p>
    <div class=${`strip ${period}`}>${[...lines].map(
      ([title, own]) =>
        html`<h3>${title}</h3><ol>${own.map(({ from, state }) => {
          const description = `${PREFIXES[period] ?? ''}${wholeOf.format(from)}: ${words[state]}`;
          return html`<li class=${state} title=${description}><span
            aria-hidden="true">${cellOf.format(from)}</span><span class="hidden">${description}</span></li>`;
        })}</ol>`,
    )}</div>
    <p class="legend">${legendOf(periods, words)}</p>`;
}

/** The states that every job has, and those that this one has besides. */
function legendOf(periods: readonly PeriodView[], words: Words): Markup {
  const known = new Set<PeriodView['state']>(['collected', 'owed', 'not-over']);
  for (const { state } of periods) known.add(state);
  return STATES.filter((state) => known.has(state)).map(
    (state) => html`<span><span class=${`sample ${state}`}></span> ${words[state]}</span> `,
  );
}

/** `Of the last 92 days, 60 are collected, 2 are owed and 30 are before this job’s time.` */
function stripText(periods: readonly PeriodView[], period: Period, words: Words): string {
  const over = periods.filter(({ state }) => state !== 'not-over');
  if (over.length === 0) return `No ${period} is over yet.`;
  const last = over.length === 1 ? `the last ${period}` : `the last ${counted(over.length, period)}`;
  const counts = STATES.map((state) => [state, over.filter((each) => each.state === state).length] as const);
  const parts = counts.filter(([, count]) => count > 0);
  const [only] = parts.length === 1 ? parts : [];
  if (only !== undefined) {
    const state = words[only[0]];
    return over.length === 1 ? `${capitalized(last)} is ${state}.` : `All of ${last} are ${state}.`;
  }
  const texts = parts.map(
    ([state, count]) => `${grouped(count)} ${count === 1 ? 'is' : 'are'} ${words[state]}`,
  );
  return `Of ${last}, ${listed(texts)}.`;
}
