import { MINUTE } from '../calendar/durations.ts';
import type { SourceFinding } from '../model/source.ts';

/** What a database says of itself. */
export interface Inspection {
  /** Name and version, e.g. `PostgreSQL 15.4`. */
  readonly version: string;
  /** Of the session, as the server calls it. */
  readonly zone: string;
  /** The server's clock, epoch milliseconds. */
  readonly clock: number;
  /** What the user may do besides reading, as the server calls it; empty when it may only read. */
  readonly excessRights: readonly string[];
}

const TOLERATED_DIFFERENCE = MINUTE;

/** What `check` shows of an inspection. @param now the time here when the server told its own, epoch milliseconds */
export function inspectionFindings(inspection: Inspection, now: number): readonly SourceFinding[] {
  return [
    { ok: true, text: inspection.version },
    { ok: true, text: `session in time zone ${inspection.zone}, read-only` },
    clockFinding(inspection.clock - now),
    rightsFinding(inspection.excessRights),
  ];
}

function clockFinding(difference: number): SourceFinding {
  const amount = Math.abs(difference);
  const size = amount < 1_000 ? 'less than a second' : `${Math.round(amount / 1_000)} s`;
  const text = `clock differs from this machine's by ${size}`;
  return amount < TOLERATED_DIFFERENCE
    ? { ok: true, text }
    : { ok: false, text, remedy: 'Set the clocks of both machines by the same time server.' };
}

function rightsFinding(excessRights: readonly string[]): SourceFinding {
  if (excessRights.length === 0) return { ok: true, text: 'the user may only read' };
  return {
    ok: false,
    text: `the user may do more than read: ${excessRights.join(', ')}`,
    remedy:
      'Use a database user that has been granted SELECT only, on the tables and views that the jobs read.',
  };
}
