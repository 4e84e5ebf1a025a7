import type { WindowJob } from '../config/config.ts';
import { Figures } from '../model/figures.ts';
import type { NewFigures } from '../model/progress.ts';
import { newlyUnusual, type Unusual } from '../model/unusual-figures.ts';
import { instantOf, type Window } from '../schedule/window.ts';
import type { RunContext } from './run-context.ts';

/**
 * The periods of a window that differ from those before by more than the job expects, and of which that is not known
 * yet. A first run has nothing before it, and a period that is not over is no whole one.
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
  const [known, collected] = [await state.figuresOf(job.name), await state.collectedOf(job.name)];
  if (known === undefined || known.length !== added.length) return [];
  const { length } = known;
  // What arrived of a period that went on says nothing of the whole one.
  const whole = known.periods.filter(({ period }) => {
    const start = instantOf(length, job.timezone, period);
    return collected.some(({ from, to }) => from <= start && start < to);
  });
  const arrived = new Figures().add(added.periods).periods();
  const over = window.collectedTo < window.to ? arrived.slice(0, -1) : arrived;
  return newlyUnusual({ length, periods: whole }, over, change);
}
