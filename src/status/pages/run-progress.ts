import { html, type Markup } from '../../look/markup.ts';
import type { RunningRun } from '../../model/run.ts';
import { runningText } from '../../words/running.ts';

/** How far a run is that goes on: a bar, where it is known how much there is to do, and the same in words. */
export function runProgress(run: RunningRun, now: number): Markup {
  const text = runningText(run, now);
  if (text === undefined) return undefined;
  const { work } = run;
  const bar =
    work === undefined
      ? undefined
      : html`<progress class="progress" max=${Math.max(work.owed, 1)} value=${Math.min(work.done, work.owed)}
          aria-hidden="true"></progress>`;
  return html`<div class="running">${bar}<span class="sub">${text}</span></div>`;
}
