import type { Period } from '../../calendar/period.ts';
import { html, type Markup, said } from '../../look/markup.ts';
import type { Span } from '../../model/progress.ts';
import { counted } from '../../words/counts.ts';
import { spanCommand } from '../../words/span-command.ts';

const MOST = 5;

type Form = Intl.DateTimeFormatOptions;

const DATE: Form = { day: 'numeric', month: 'short', year: 'numeric' };
const HOUR: Form = { ...DATE, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

interface Gaps {
  readonly job: string;
  readonly period: Period;
  /** Of the job. */
  readonly zone: string;
  /** Oldest first. */
  readonly gaps: readonly Span[];
}

/** What no run collects by itself, and how it is collected all the same; the newest first, which are missed most. */
export function gapsNotice({ job, period, zone, gaps }: Gaps): Markup {
  if (gaps.length === 0) return undefined;
  const text = textOf(period, zone);
  const shown = gaps.slice(-MOST).reverse();
  const others = gaps.length - shown.length;
  return html`<div class="notice warn gaps">
    <p><strong>${counted(gaps.length, 'gap')}, which no run collects by itself.</strong> A position that is set
      by <code>state set</code> passes over time, and a span that is collected by hand may lie apart. What is missing
      is collected by:</p>
    <ul>${shown.map(
      (gap) => html`<li>${text(gap)}: <code>${said(spanCommand(job, gap, zone))}</code></li>`,
    )}</ul>
    ${others > 0 ? html`<p>And ${counted(others, 'older gap')}.</p>` : undefined}
  </div>`;
}

/** `28 Oct 2026 to 29 Oct 2026`, both included; of hours from when to when. */
function textOf(period: Period, zone: string): (gap: Span) => string {
  const isHours = period === 'hour';
  const form = new Intl.DateTimeFormat('en-GB', { ...(isHours ? HOUR : DATE), timeZone: zone });
  return (gap) => {
    const [from, to] = [form.format(gap.from), form.format(isHours ? gap.to : gap.to - 1)];
    return from === to ? from : `${from} to ${to}`;
  };
}
