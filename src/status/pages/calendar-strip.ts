import type { Period } from '../../calendar/period.ts';
import { html, type Markup } from '../../look/markup.ts';
import { counted, grouped } from '../../words/counts.ts';
import type { PeriodView } from '../daemon-view.ts';

const STATE_WORDS: Readonly<Record<PeriodView['state'], string>> = {
  collected: 'collected',
  owed: 'owed',
  'not-over': 'not over',
};

type Form = Intl.DateTimeFormatOptions;

/** How the periods of a length are put into lines, and what is written into and told of each. */
const FORMS: Readonly<Record<Period, { readonly line: Form; readonly cell: Form; readonly whole: Form }>> = {
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
const PREFIXES: Readonly<Partial<Record<Period, string>>> = { week: 'Week from ', quarter: 'Quarter from ' };

/** The periods of a window job, line by line as on a calendar, each with its state in words, shape and colour. */
export function calendarStrip(periods: readonly PeriodView[], period: Period, zone: string): Markup {
  const { line, cell, whole } = FORMS[period];
  const format = (form: Form) => new Intl.DateTimeFormat('en-GB', { ...form, timeZone: zone });
  const [lineOf, cellOf, wholeOf] = [format(line), format(cell), format(whole)];
  const lines = Map.groupBy(periods, ({ from }) => (period === 'year' ? 'Years' : lineOf.format(from)));
  return html`<p>${stripText(periods, period)}</p>
    <div class=${`strip ${period}`}>${[...lines].map(
      ([title, own]) =>
        html`<h3>${title}</h3><ol>${own.map(({ from, state }) => {
          const description = `${PREFIXES[period] ?? ''}${wholeOf.format(from)}: ${STATE_WORDS[state]}`;
          return html`<li class=${state} title=${description}><span
            aria-hidden="true">${cellOf.format(from)}</span><span class="hidden">${description}</span></li>`;
        })}</ol>`,
    )}</div>
    <p class="legend"><span class="sample collected"></span> collected <span
      class="sample owed"></span> owed <span class="sample not-over"></span> not over</p>`;
}

/** `34 of 35 days that are over are collected, 1 is owed.` */
function stripText(periods: readonly PeriodView[], period: Period): string {
  const over = periods.filter(({ state }) => state !== 'not-over').length;
  const owed = periods.filter(({ state }) => state === 'owed').length;
  if (over === 0) return `No ${period} is over yet.`;
  if (owed === 0) return `Everything is collected: ${counted(over, period)}.`;
  return `Of ${counted(over, period)}, ${grouped(owed)} ${owed === 1 ? 'is' : 'are'} not collected yet.`;
}
