import { periodAt } from '../../calendar/period-at.ts';
import type { Job } from '../../config/config.ts';
import { hasWindows } from '../../model/mode.ts';
import type { State } from '../../model/state.ts';
import { comparableTo } from '../../model/unusual-figures.ts';
import { notComparedText } from '../../words/not-compared.ts';

/** Why `expect.change` of a job compares nothing yet; undefined: it does, or is not set. */
export async function notComparedYet(job: Job, state: State, now: number): Promise<string | undefined> {
  if (!hasWindows(job) || job.expect.change === undefined) return undefined;
  const { period } = job.window;
  const { collectedTo = now } = (await state.progressOf(job.name)) ?? {};
  const next = periodAt(period, job.timezone, collectedTo);
  return notComparedText(period, comparableTo(await state.figuresOf(job.name), period, next));
}
