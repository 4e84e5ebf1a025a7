import { scaleBand, scaleLinear } from 'd3-scale';
import type { Period } from '../../calendar/period.ts';
import { html, type Markup } from '../../look/markup.ts';
import { counted, groupedDecimal } from '../../words/counts.ts';
import { FORMS, PREFIXES } from './calendar-strip.ts';

/** One period; an amount of undefined: nothing is known of it. */
export interface Bar {
  /** As `calendar/period.ts` counts it. */
  readonly start: number;
  /** Decimal text. */
  readonly amount: string | undefined;
}

interface Chart {
  /** What the bars are, as a heading and in words. */
  readonly what: Markup;
  readonly words: string;
  readonly length: Period;
  /** Oldest first. */
  readonly bars: readonly Bar[];
  /** Where the period begins that goes on. */
  readonly current: number;
}

const WIDTH = 600;
const HEIGHT = 100;
/** Of a bar that stands for zero, so that it is seen. */
const ZERO_HEIGHT = 4;

/** The amounts of periods as bars. It is stretched to the width that there is, so it holds no text. */
export function figuresChart({ what, words, length, bars, current }: Chart): Markup {
  const known = bars.flatMap(({ amount }) => (amount === undefined ? [] : Number(amount)));
  const [first, last] = [bars[0], bars.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const place = scaleBand<number>()
    .domain(bars.map(({ start }) => start))
    .range([0, WIDTH])
    .paddingInner(0.2);
  const height = scaleLinear()
    .domain([Math.min(0, ...known), Math.max(0, ...known)])
    .range([HEIGHT, 0]);
  const nameOf = names(length);
  return html`<figure>
    <figcaption><h3>${what}</h3><span class="sub">${summary(bars, length)}</span></figcaption>
    <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img">
      <title>${`${words}, by ${length}`}</title>
      <desc>${description(bars, nameOf)}</desc>
      ${bars.map(({ start, amount }) => {
        const isCurrent = start === current;
        const told = `${nameOf(start)}: ${amountText(amount)}${isCurrent ? ', so far' : ''}`;
        const box = boxOf(amount, height);
        const kind = `${box.kind}${isCurrent ? ' current' : ''}`;
        return html`<rect class=${kind} x=${round(place(start) ?? 0)} width=${round(place.bandwidth())}
          y=${round(box.y)} height=${round(box.height)}><title>${told}</title></rect>`;
      })}
    </svg>
    <p class="ends" aria-hidden="true"><span>${nameOf(first.start)}</span>${
      bars.length === 1 ? undefined : html`<span>${nameOf(last.start)}</span>`
    }</p>
  </figure>`;
}

function boxOf(amount: string | undefined, height: (amount: number) => number) {
  const zero = height(0) || 0;
  if (amount === undefined) return { kind: 'unknown', y: 0, height: HEIGHT };
  if (Number(amount) === 0)
    return { kind: 'zero', y: Math.min(zero, HEIGHT) - ZERO_HEIGHT, height: ZERO_HEIGHT };
  const end = height(Number(amount));
  return { kind: 'bar', y: Math.min(zero, end), height: Math.max(Math.abs(zero - end), 1) };
}

function names(length: Period): (start: number) => string {
  const format = new Intl.DateTimeFormat('en-GB', { ...FORMS[length].whole, timeZone: 'UTC' });
  return (start) => `${PREFIXES[length] ?? ''}${format.format(start)}`;
}

const amountText = (amount: string | undefined): string =>
  amount === undefined ? 'not known' : groupedDecimal(amount);

const amountsOf = (bars: readonly Bar[]): readonly string[] =>
  bars.flatMap(({ amount }) => amount ?? []).sort((one, other) => Number(one) - Number(other));

/** `0 to 1,234 a day` */
function summary(bars: readonly Bar[], length: Period): string {
  const amounts = amountsOf(bars).map(groupedDecimal);
  const [least, most] = [amounts[0] ?? '', amounts.at(-1) ?? ''];
  return `${least === most ? least : `${least} to ${most}`} ${length === 'hour' ? 'an' : 'a'} ${length}`;
}

/** `15 bars, from … to …. The least is 0, the most 36, the newest 12. 2 bars of nothing, 1 not known.` */
function description(bars: readonly Bar[], nameOf: (start: number) => string): string {
  const amounts = amountsOf(bars);
  const [first, last] = [bars[0], bars.at(-1)];
  const none = amounts.filter((amount) => Number(amount) === 0).length;
  return [
    `${counted(bars.length, 'bar')}, from ${nameOf(first?.start ?? 0)} to ${nameOf(last?.start ?? 0)}.`,
    `The least is ${amountText(amounts[0])}, the most ${amountText(amounts.at(-1))}, the newest ${amountText(last?.amount)}.`,
    `${counted(none, 'bar')} of nothing, ${bars.length - amounts.length} not known.`,
  ].join(' ');
}

const round = (length: number): number => Math.round(length * 100) / 100;
