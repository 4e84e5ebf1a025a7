import { isoSeconds } from '../calendar/date-time.ts';
import { HOUR, SECOND } from '../calendar/durations.ts';
import { type JobQuery, snapshotQuery, snapshotRules, windowQuery, windowRules } from '../collect/queries.ts';
import type { Complete, CursorJob, SnapshotJob, WindowJob } from '../config/config.ts';
import type { TimestampSpan } from '../model/data-set-reader.ts';
import type { Progress, Span } from '../model/progress.ts';
import type { LocalTime } from '../records/date-times.ts';
import { idFieldNames } from '../records/id-parts.ts';
import { type Window, windowsBetween } from '../schedule/window.ts';
import { ALL_TIMES } from './data-set-records.ts';
import { NothingToVerifyError } from './failures.ts';
import type { SourcePart } from './source-records.ts';

/** What is compared with what. */
export interface Scope {
  readonly part: SourcePart;
  /** What is read of the data set. */
  readonly spans: readonly TimestampSpan[];
  /** Where the `_timestamp` of a record lies that only the data set has, and should not have. */
  readonly own: readonly TimestampSpan[];
  /** Of a window job: from the first period to the last, as what is compared are whole ones. */
  readonly span?: Span;
  /** The same for the records of some hours since 1970, as far as they can be read alone. */
  around(hours: ReadonlySet<number>): Scope;
}

interface Facts {
  readonly progress: Progress | undefined;
  /** Of window jobs: what is collected, as far as it is to be compared. */
  readonly collected: readonly Span[];
  readonly localTime: LocalTime;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What has been delivered by a job until now. Throws NothingToVerifyError when that is nothing. */
export function scopeOf(job: Complete, facts: Facts): Scope {
  switch (job.mode) {
    case 'window':
      return windowScope(job, facts);
    case 'cursor':
      return cursorScope(job, facts);
    case 'snapshot':
      return snapshotScope(job, facts);
  }
}

function windowScope(job: Complete<WindowJob>, { collected, localTime, now }: Facts): Scope {
  const windowsOf = (spans: readonly Span[], settings = job.window): Window[] =>
    spans.flatMap((span) => windowsBetween(settings, job.timezone, now, span));
  const ofWindows = (windows: readonly Window[]): Scope => {
    const own = joined(windows.map(({ timestamps }) => timestamps));
    return {
      part: { kind: 'queries', queries: windows.map((window) => queryOf(job, window, localTime)) },
      spans: staysInItsWindow(job) ? own : [ALL_TIMES],
      own,
      around(hours) {
        if (!staysInItsWindow(job)) return this;
        const periods = windowsOf(collected, { ...job.window, max_periods: 1 });
        const spans = joined(
          periods.filter((each) => holdsAny(each, hours)).map(({ from, to }) => [from, to]),
        );
        return ofWindows(windowsOf(spans.map(([from, to]) => ({ from, to }))));
      },
    };
  };
  const windows = windowsOf(collected);
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined) throw new NothingToVerifyError(job.name);
  return { ...ofWindows(windows), span: { from: first.from, to: last.to } };
}

const queryOf = (job: Complete<WindowJob>, window: Window, localTime: LocalTime): JobQuery => ({
  query: windowQuery(job, window),
  rules: windowRules(job, window, localTime),
});

/** Whether a record that has another `_timestamp` is another record, and none has one outside of its window. */
const staysInItsWindow = ({ record, window }: Complete<WindowJob>): boolean =>
  idFieldNames(record.id).includes('_timestamp') && !window.allow_outside;

function holdsAny({ timestamps: [from, to] }: Window, hours: ReadonlySet<number>): boolean {
  const [first, end] = [Date.parse(from) / HOUR, Date.parse(to) / HOUR];
  for (let hour = first; hour < end; hour++) if (hours.has(hour)) return true;
  return false;
}

/** Spans that touch become one. */
function joined<Bound>(spans: readonly (readonly [Bound, Bound])[]): (readonly [Bound, Bound])[] {
  const joined: (readonly [Bound, Bound])[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (last?.[1] === span[0]) joined[joined.length - 1] = [last[0], span[1]];
    else joined.push(span);
  }
  return joined;
}

/** Nobody knows at which times a cursor job's records are. */
function cursorScope(job: Complete<CursorJob>, { progress }: Facts): Scope {
  const position = progress?.cursor;
  if (position === undefined) throw new NothingToVerifyError(job.name);
  return {
    part: { kind: 'up-to', job, position },
    spans: [ALL_TIMES],
    own: [ALL_TIMES],
    around: wholly,
  };
}

/** The newest snapshot that was delivered; the source may have moved on since. */
function snapshotScope(job: Complete<SnapshotJob>, { progress, localTime }: Facts): Scope {
  const takenAt = progress?.collectedTo;
  if (takenAt === undefined) throw new NothingToVerifyError(job.name);
  const rules = snapshotRules(job, takenAt, localTime);
  const own = job.record.timestamp === undefined ? atOnce(rules.snapshotTimestamp) : ALL_TIMES;
  return {
    part: { kind: 'queries', queries: [{ query: snapshotQuery(job), rules }] },
    spans: [own],
    own: [own],
    around: wholly,
  };
}

/** For what cannot be read in parts. */
function wholly(this: Scope): Scope {
  return this;
}

const atOnce = (timestamp = ALL_TIMES[0]): TimestampSpan => [
  timestamp,
  isoSeconds(Date.parse(timestamp) + SECOND),
];
