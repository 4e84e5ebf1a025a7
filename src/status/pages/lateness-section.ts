import { scaleBand, scaleLinear } from 'd3-scale';
import type { Period } from '../../calendar/period.ts';
import { html, type Markup } from '../../look/markup.ts';
import { judgeLateness } from '../../model/judge-lateness.ts';
import { lateAt } from '../../model/lateness.ts';
import type { LateAge, LatenessByAge } from '../../model/lateness-by-age.ts';
import { hasWindows } from '../../model/mode.ts';
import { counted, grouped, sentence } from '../../words/counts.ts';
import { agesText, latenessSaid, percentText } from '../../words/lateness.ts';
import type { JobDetail } from '../daemon-view.ts';

/** Ages that are drawn and listed: the youngest. */
const MOST_AGES = 60;
const WIDTH = 600;
const HEIGHT = 100;

/** How late records of a window job come, and what its lookback could be; nothing where nothing is known. */
export function latenessSection({ job, lateness }: JobDetail): Markup {
  if (job === undefined || lateness === undefined || !hasWindows(job)) return undefined;
  const judged = judgeLateness(lateness, job.window);
  const { known, length } = judged;
  if (known === undefined) return undefined;
  const { measured, advice } = latenessSaid(judged);
  return html`<section aria-labelledby="lateness-title"><h2 id="lateness-title">How late records come</h2>
    <p>${sentence(measured)}${advice && ` ${sentence(advice)}`}</p>
    ${known.latest === undefined ? undefined : lateAges(known, known.latest, length)}</section>`;
}

function lateAges({ ages }: LatenessByAge, latest: number, period: Period): Markup {
  const drawn = ages.slice(0, MOST_AGES);
  const oldest = drawn.at(-1)?.age ?? 0;
  const beyond =
    latest > oldest ? html`<p>Those later than ${agesText(oldest, period)} are not shown.</p>` : undefined;
  return html`<div class="figures">${chart(drawn, period)}</div>${beyond}
    <details><summary>The same as a table</summary>${tableOf(drawn, period)}</details>`;
}

/** A bar for each age. It is stretched to the width that there is, so it holds no text. */
function chart(ages: readonly LateAge[], period: Period): Markup {
  const place = scaleBand<number>()
    .domain(ages.map(({ age }) => age))
    .range([0, WIDTH])
    .paddingInner(0.2);
  const height = scaleLinear()
    .domain([0, Math.max(1, ...ages.map(lateAt))])
    .range([0, HEIGHT]);
  const late = ages.filter((each) => lateAt(each) > 0);
  const oldest = agesText(ages.at(-1)?.age ?? 0, period);
  return html`<figure>
    <figcaption><h3>Records that came late</h3><span class="sub">by how late</span></figcaption>
    <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img">
      <title>Records that came late, by how late</title>
      <desc>${late.map((each) => `${told(each, period)}.`).join(' ')} Up to ${oldest} was looked.</desc>
      ${late.map((each) => {
        const tall = Math.max(1, height(lateAt(each)));
        return html`<rect class="bar" x=${round(place(each.age) ?? 0)} width=${round(place.bandwidth())}
          y=${round(HEIGHT - tall)} height=${round(tall)}><title>${told(each, period)}</title></rect>`;
      })}
    </svg>
    <p class="ends" aria-hidden="true"><span>${agesText(ages[0]?.age ?? 0, period)}</span><span>${oldest}</span></p>
  </figure>`;
}

/** `2 days: 12 new, 3 changed` */
function told(each: LateAge, period: Period): string {
  const kinds = [
    [each.appeared, 'new'],
    [each.changed, 'changed'],
    [each.vanished, 'gone'],
  ] as const;
  const found = kinds.flatMap(([count, word]) => (count === 0 ? [] : `${grouped(count)} ${word}`));
  return `${agesText(each.age, period)}: ${found.join(', ')}`;
}

const HEADS = ['Late by', 'Looked at', 'New', 'Changed', 'Gone', 'There by then'];

function tableOf(ages: readonly LateAge[], period: Period): Markup {
  return html`<div class="scroll" role="region" aria-label="How late records come, as a table" tabindex="0">
    <table class="amounts">
    <thead><tr>${HEADS.map((words, index) => html`<th scope="col" class=${index === 0 ? '' : 'number'}>${words}</th>`)}</tr></thead>
    <tbody>${ages.map(
      ({
        age,
        periods,
        appeared,
        changed,
        vanished,
        share,
      }) => html`<tr><th scope="row">${agesText(age, period)}</th>
        <td class="number">${counted(periods, period)}</td>
        ${[appeared, changed, vanished].map((count) => html`<td class="number">${grouped(count)}</td>`)}
        <td class="number">${percentText(share)}</td></tr>`,
    )}</tbody></table></div>`;
}

const round = (length: number): number => Math.round(length * 100) / 100;
