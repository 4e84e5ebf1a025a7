import { html, type Markup } from '../../look/markup.ts';
import type { Module } from '../../model/dashboard.ts';
import { figureText, withoutText } from '../figure-text.ts';
import { changeText, formatNumber } from '../format-number.ts';
import type { Change, Headline, ModuleFigures } from '../module-figures.ts';
import { periodLabel } from '../period-label.ts';

/** The newest number, its period, and how it has changed; or why there is none. */
export function headlineOf(module: Module, { headline, totals }: ModuleFigures, timezone: string): Markup {
  if (headline === undefined) {
    const isSuppressed = totals.some(({ kind }) => kind === 'suppressed');
    return html`<p class="newest"><strong class="none">${isSuppressed ? 'Suppressed' : 'No data'}</strong></p>`;
  }
  const { figure, period } = headline;
  const without = withoutText(figure);
  return html`<p class="newest"><strong>${figureText(figure, module.format)}</strong> <span>${periodLabel(
    module.period,
    period,
    timezone,
  )}${without === undefined ? undefined : html`, ${without}`}</span></p>
    ${changesOf(module, headline, timezone)}`;
}

function changesOf(module: Module, headline: Headline, timezone: string): Markup {
  const changes = [headline.sincePeriodBefore, headline.sinceYearBefore].filter(
    (change, index, all) => change !== undefined && (index === 0 || change.period !== all[0]?.period),
  );
  if (changes.length === 0) return undefined;
  return html`<ul class="changes">${changes.map(
    (change) => change && html`<li>${changeSentence(module, change, timezone)}</li>`,
  )}</ul>`;
}

/** `+3.2 percentage points on March 2024 (72%)`, `+12.00% on March 2024 (1,234)`, `no change on …` */
function changeSentence(module: Module, change: Change, timezone: string): Markup {
  const { period, format } = module;
  const before = `${periodLabel(period, change.period, timezone)} (${figureText(change.figure, format)})`;
  return html`<strong>${amountOf(module, change)}</strong> on ${before}`;
}

/** A share of a percentage would be taken for its difference. */
function amountOf({ format }: Module, { figure, difference, share }: Change): string {
  if (difference === 0) return 'No change';
  if (format.type === 'percent') {
    const points = formatNumber(Math.abs(difference * 100), {
      type: 'number',
      decimals: format.decimals ?? 1,
    });
    return points === '0'
      ? 'No change'
      : `${signOf(difference)}${points} percentage ${points === '1' ? 'point' : 'points'}`;
  }
  // Of what was negative, or is, a share says nothing.
  if (share !== undefined && figure.value > 0 && share >= -1) return changeText(share);
  return `${signOf(difference)}${formatNumber(Math.abs(difference), format)}`;
}

const signOf = (difference: number): string => (difference < 0 ? '\u2212' : '+');
