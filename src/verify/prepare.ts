import { completeJob } from '../collect/complete-job.ts';
import { letterIds } from '../collect/dead-letter-record.ts';
import { fingerprintOf, refuseChangedIds } from '../collect/fingerprint.ts';
import { exampleQuery } from '../collect/queries.ts';
import type { Route } from '../collect/run-context.ts';
import type { Job } from '../config/config.ts';
import { hasWindows } from '../model/mode.ts';
import type { Span } from '../model/progress.ts';
import type { State } from '../model/state.ts';
import { Hash64 } from './digest.ts';
import type { LookProgress, LookSettings } from './look.ts';
import { ownRecords } from './own-records.ts';
import { keyOf, type RecordKey } from './partitions.ts';
import { type Scope, scopeOf } from './scope.ts';

export interface VerifyOptions {
  readonly state: State;
  readonly route: Pick<Route, 'source' | 'localTime' | 'reader'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Where there is room for 24 bytes of each record on either side; what is written there has no name. */
  readonly folder: string;
  /** Of window jobs: no more than this; left out: all that is collected. */
  readonly span?: Span | undefined;
  /** Jobs whose records are not told apart from this one's: with any, nothing that only the data set has is its own. */
  readonly others?: readonly Job[];
  readonly tell?: (progress: LookProgress) => void;
}

/** What is compared, and how. */
export interface Prepared {
  readonly settings: LookSettings;
  readonly scope: Scope;
  /** Of a window job: from the first to the last that is compared. */
  readonly span: Span | undefined;
  /** The records that are dead letters. */
  readonly letters: ReadonlySet<RecordKey>;
}

/** Reads nothing of the data set yet. Throws a Failure. */
export async function prepare(written: Job, options: VerifyOptions, signal: AbortSignal): Promise<Prepared> {
  const { state, route, now, folder, others = [], tell = () => undefined } = options;
  const { source, localTime } = route;
  const columns = await source.describe(exampleQuery(written, now(), localTime).query, signal);
  const job = completeJob(written, columns);
  const progress = await state.progressOf(job.name);
  refuseChangedIds(job.name, progress?.fingerprint, fingerprintOf(job, localTime.zone));
  const collected = hasWindows(job) ? within(await state.collectedOf(job.name), options.span) : [];
  const scope = scopeOf(job, { progress, collected, localTime, now: now() });
  const [first = { from: 0, to: 0 }, last = first] = [collected[0], collected.at(-1)];
  const idOf = letterIds(job, localTime);
  const letters = await state.deadLetters({ job: job.name });
  const hash = new Hash64();
  return {
    settings: {
      job,
      route,
      isOwn: others.length > 0 ? () => false : ownRecords(job, columns, route),
      folder,
      signal,
      tell,
    },
    scope,
    span: collected.length === 0 ? undefined : { from: first.from, to: last.to },
    letters: new Set(letters.map((letter) => keyOf(hash.of(idOf(letter) ?? letter.key)))),
  };
}

function within(spans: readonly Span[], asked: Span | undefined): Span[] {
  if (asked === undefined) return [...spans];
  return spans.flatMap(({ from, to }) => {
    const span = { from: Math.max(from, asked.from), to: Math.min(to, asked.to) };
    return span.from < span.to ? [span] : [];
  });
}
