import type { WindowJob } from '../config/config.ts';
import { atTheEnd, type Looks } from '../model/lateness.ts';
import type { ComparedPeriod, VanishedRecords } from '../model/sent-records.ts';
import { currentPeriod } from '../schedule/window.ts';
import type { RunContext } from './run-context.ts';

/** What a run has compared, with what tells how old its periods are. */
export function looksOf(
  { job: { window, timezone }, run }: RunContext<WindowJob>,
  compared: readonly ComparedPeriod[],
  vanished: VanishedRecords | undefined,
): Looks {
  const { period: length, lookback } = window;
  // What could not be removed vanishes in each run anew.
  const isNews = vanished?.fate !== 'not-removed';
  const periods = isNews ? compared : compared.map((each) => ({ ...each, vanished: 0 }));
  return { length, current: currentPeriod(window, timezone, run.startedAt), lookback, periods };
}

/** What comes later than the last period of lookback is found by no run. */
export function tellLateAtEnd({ run }: RunContext<WindowJob>, looks: Looks): void {
  for (const { period, appeared, changed, vanished } of atTheEnd(looks))
    run.tell({ kind: 'late-at-end', period, appeared, changed, vanished });
}
