import type { WindowJob } from '../config/config.ts';
import { Figures } from '../model/figures.ts';
import type { NewFigures } from '../model/progress.ts';
import { type Unusual, unusualPeriods } from '../model/unusual-figures.ts';
import type { Window } from '../schedule/window.ts';
import type { RunContext } from './run-context.ts';

/**
 * The periods of a window that arrive for the first time and differ from those before by more than the job expects. A
 * first run has nothing before it, and a period that is not over is no whole one.
 *
 * @param added what is about to be remembered of the window
 */
export async function unusualIn(
  { job, state, progress }: RunContext<WindowJob>,
  window: Window,
  added: NewFigures,
): Promise<readonly Unusual[]> {
  const { change } = job.expect;
  if (change === undefined || progress === undefined) return [];
  const known = await state.figuresOf(job.name);
  if (known === undefined || known.length !== added.length) return [];
  const before = new Set(known.periods.map(({ period }) => period));
  const arrived = new Figures().add(added.periods).periods();
  const unfinished = window.collectedTo < window.to ? arrived.at(-1)?.period : undefined;
  // What arrives again stands in the place of what was known.
  const figures = { length: added.length, periods: [...known.periods, ...arrived] };
  return unusualPeriods(figures, change, (period) => !before.has(period) && period !== unfinished);
}
