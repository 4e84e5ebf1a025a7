import { type Period, startOfPeriod } from './period.ts';
import { wallClockAt } from './zone.ts';

/** The start of the period that holds an instant in a zone, as `period.ts` counts it. */
export const periodAt = (period: Period, zone: string, epochMilliseconds: number): number =>
  startOfPeriod(period, period === 'hour' ? epochMilliseconds : wallClockAt(epochMilliseconds, zone));
