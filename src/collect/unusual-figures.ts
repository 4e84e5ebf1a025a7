import { addPeriods } from '../calendar/period.ts';
import { periodText } from '../calendar/period-text.ts';
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

/** Tells of what is unusual in a window and throws HeldBackError, where anything is. */
export async function refuseUnusual(
  context: RunContext<WindowJob>,
  window: Window,
  found: NewFigures,
): Promise<void> {
  const unusual = await unusualIn(context, window, found);
  for (const each of unusual) context.run.tell({ kind: 'unusual-figures', isHeld: true, ...each });
  if (unusual.length > 0) throw new HeldBackError(context.job, window, unusual);
}

/** So many unusual periods are told of a window: the first. */
const MOST_TOLD = 3;

/** What was found of a window differs from before by so much that a person has to look first. */
export class HeldBackError extends Error {
  readonly side = 'data';
  readonly remedy: string;

  /** @param unusual one at least */
  constructor(
    { name, window: { period: length }, expect }: WindowJob,
    window: Window,
    unusual: readonly Unusual[],
  ) {
    const text = (period: number): string => periodText(length, period);
    const measure = expect.change?.measure;
    const what = measure === undefined ? 'the number of records' : `the sum of ${measure}`;
    const told = unusual.slice(0, MOST_TOLD).map(({ period, amount, usual, compared }) => {
      const before = `the median of ${compared.map(text).join(', ')}`;
      return `${what} of ${text(period)} is ${amount}, where ${usual} is usual (${before})`;
    });
    const more = unusual.length > MOST_TOLD ? [`${unusual.length - MOST_TOLD} more periods differ, too`] : [];
    const [from, to] = window.timestamps.map((each) => text(Date.parse(each)));
    super(
      `nothing of the window from ${from} to ${to} was sent, because it differs by more than the ` +
        `${expect.change?.at_most}% of expect.change: ${[...told, ...more].join('; ')}`,
    );
    this.name = 'HeldBackError';
    const [first, last] = [unusual[0]?.period ?? 0, unusual.at(-1)?.period ?? 0];
    const span = `--from ${text(first)} --to ${text(addPeriods(length, last, 1))}`;
    this.remedy =
      'Compare it with the table: once the table is right, the next run sends it; if it is right already, deliver it by ' +
      `pp-db-collector run ${name} ${span} --accept.`;
  }
}
