import type { Period } from '../../calendar/period.ts';
import { periodAt } from '../../calendar/period-at.ts';
import { periodText } from '../../calendar/period-text.ts';
import type { Job } from '../../config/config.ts';
import { html, type Markup, said } from '../../look/markup.ts';
import { type JobFigures, MOST_MEASURES, measuresIn, type PeriodFigures } from '../../model/figures.ts';
import { comparableTo, unusualPeriods } from '../../model/unusual-figures.ts';
import { groupedDecimal, sentence } from '../../words/counts.ts';
import { notComparedText } from '../../words/not-compared.ts';
import type { JobDetail } from '../daemon-view.ts';
import { type Bar, figuresChart } from './figures-chart.ts';
import { newestPeriods } from './newest-periods.ts';

/** Periods that are drawn: the newest. */
const MOST_BARS = 60;
/** Unusual periods that are named: the newest. */
const MOST_TOLD = 5;

/** How many records have arrived in each period, and what their numbers add up to; nothing when nothing is known. */
export function figuresSection({ name, job, figures, progress }: JobDetail, now: number): Markup {
  if (figures === undefined || job === undefined) return undefined;
  const { length } = figures;
  const today = periodAt(length, job.timezone, now);
  const starts = newestPeriods(figures, today, MOST_BARS);
  const known = new Map(figures.periods.map((each) => [each.period, each]));
  const barsOf = (amount: (each: PeriodFigures) => string | undefined): Bar[] =>
    starts.map((start) => {
      const each = known.get(start);
      return { start, amount: each && (amount(each) ?? '0') };
    });
  const measures = measuresIn(figures.periods).slice(0, MOST_MEASURES);
  const chart = (what: Markup, words: string, amount: (each: PeriodFigures) => string | undefined) =>
    figuresChart({ what, words, length, bars: barsOf(amount), current: today });
  const path = `../api/jobs/${encodeURIComponent(name)}/figures`;
  return html`<section aria-labelledby="figures-title"><h2 id="figures-title">What arrived</h2>
    <p>What the write API has acknowledged, by ${length}: how many records, and the sums of their
      numbers${job.record.suppress === undefined ? '' : ', without those that are suppressed'}.</p>
    <div class="figures">
      ${chart('Records', 'Records', ({ records }) => String(records))}
      ${measures.map((measure) => chart(html`Sum of ${said(measure)}`, `Sum of ${measure}`, ({ sums }) => sums[measure]))}
    </div>
    ${unusualNote(figures, job, today)}
    ${notComparedNote(figures, job, progress?.collectedTo ?? now)}
    <p class="legend"><span><span class="sample zero"></span> nothing</span>
      <span><span class="sample unknown"></span> not known</span></p>
    <details><summary>The same as a table</summary>${tableOf(figures, measures)}</details>
    <p>All that is known: <a href=${`${path}.csv`}>as CSV</a>, <a href=${path}>as JSON</a>.</p></section>`;
}

/** What differs among the newest periods that are over; the job's file says by how much anything may. */
function unusualNote(figures: JobFigures, { expect }: Job, today: number): Markup {
  const { change } = expect;
  if (change === undefined) return undefined;
  const newest = new Set(figures.periods.slice(-MOST_BARS).map(({ period }) => period));
  const unusual = unusualPeriods(figures, change, (period) => newest.has(period) && period < today);
  if (unusual.length === 0) return undefined;
  const what =
    change.measure === undefined ? 'The number of records' : html`The sum of ${said(change.measure)}`;
  const told = unusual
    .slice(-MOST_TOLD)
    .reverse()
    .map(({ period, amount, usual }) => {
      const [is, before] = [amount, usual].map((each) => groupedDecimal(String(each)));
      return `${periodText(figures.length, period)} (${is}, usually ${before})`;
    });
  return html`<p class="reason">${what} differed by more than ${change.at_most} % from the periods before: ${said(told.join(', '))}.</p>`;
}

/** @param next when the period begins that is collected next */
function notComparedNote(figures: JobFigures, { expect, timezone }: Job, next: number): Markup {
  const { length } = figures;
  if (expect.change === undefined) return undefined;
  const text = notComparedText(length, comparableTo(figures, length, periodAt(length, timezone, next)));
  return text && html`<p>${sentence(text)}</p>`;
}

function tableOf(figures: JobFigures, measures: readonly string[]): Markup {
  const newest = figures.periods.slice(-MOST_BARS).reverse();
  return html`<div class="scroll" role="region" aria-label="What arrived, as a table" tabindex="0"><table class="amounts">
    <thead><tr><th scope="col">${PERIOD_HEADS[figures.length]}</th><th scope="col" class="number">Records</th>
      ${measures.map((measure) => html`<th scope="col" class="number">${said(measure)}</th>`)}</tr></thead>
    <tbody>${newest.map(
      ({ period, records, sums }) => html`<tr><th scope="row">${periodText(figures.length, period)}</th>
        <td class="number">${groupedDecimal(String(records))}</td>
        ${measures.map((measure) => html`<td class="number">${sums[measure] === undefined ? '–' : groupedDecimal(sums[measure])}</td>`)}</tr>`,
    )}</tbody></table></div>`;
}

const PERIOD_HEADS: Readonly<Record<Period, string>> = {
  hour: 'Hour (UTC)',
  day: 'Day',
  week: 'Week from',
  month: 'Month from',
  quarter: 'Quarter from',
  year: 'Year from',
};
