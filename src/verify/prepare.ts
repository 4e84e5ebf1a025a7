import { completeJob } from '../collect/complete-job.ts';
import { letterIds } from '../collect/dead-letter-record.ts';
import { fingerprintOf, refuseChangedIds } from '../collect/fingerprint.ts';
import { exampleQuery } from '../collect/queries.ts';
import type { Route } from '../collect/run-context.ts';
import type { Job, WindowJob } from '../config/config.ts';
import { hasWindows } from '../model/mode.ts';
import type { Span } from '../model/progress.ts';
import type { State } from '../model/state.ts';
import type { Verification } from '../model/verification.ts';
import { Hash64 } from './digest.ts';
import type { LookProgress, LookSettings } from './look.ts';
import { newestPeriods } from './newest-periods.ts';
import { jobsBeside, jobsInSums, ownRecords } from './own-records.ts';
import { keyOf, type RecordKey } from './partitions.ts';
import { type Scope, scopeOf } from './scope.ts';

export interface VerifyOptions {
  readonly state: State;
  readonly route: Pick<Route, 'source' | 'localTime' | 'reader'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Where there is room for 24 bytes of each record on either side; what is written there has no name. */
  readonly folder: string;
  /** Of window jobs: no more than this, or so many of the newest periods; left out: all that is collected. */
  readonly part?: Span | number | undefined;
  /** All jobs: others may write to the same data set. */
  readonly jobs?: readonly Job[];
  /** Carries out the second look while no run of the job goes on. */
  readonly alone: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Whether counts and sums will not do where single records cannot be read. */
  readonly recordsOnly?: boolean;
  readonly tell?: (progress: LookProgress) => void;
}

/** What is compared, and how. */
export interface Prepared {
  readonly settings: LookSettings;
  readonly scope: Scope;
  /** What is the same of every verification. `span`: of a window job, from the first to the last that is compared. */
  readonly about: Pick<Verification, 'job' | 'startedAt' | 'span'>;
  /** Whether less is compared than all that is collected. */
  readonly isPart: boolean;
  /** The jobs whose records are in the sums of the data set that are asked for this one. */
  readonly inSums: readonly Job[];
  readonly alone: VerifyOptions['alone'];
  readonly now: () => number;
  /** The records that are dead letters. */
  readonly letters: ReadonlySet<RecordKey>;
}

/** Reads nothing of the data set yet. Throws a Failure. */
export async function prepare(written: Job, options: VerifyOptions, signal: AbortSignal): Promise<Prepared> {
  const { state, route, now, folder, jobs = [], alone, tell = () => undefined } = options;
  const startedAt = now();
  const { source, localTime } = route;
  const columns = await source.describe(exampleQuery(written, startedAt, localTime).query, signal);
  const job = completeJob(written, columns);
  const progress = await state.progressOf(job.name);
  refuseChangedIds(job.name, progress?.fingerprint, fingerprintOf(job, localTime.zone));
  const collected = hasWindows(job) ? partOf(job, await state.collectedOf(job.name), options.part) : [];
  const scope = scopeOf(job, { progress, collected, localTime, now: startedAt });
  const idOf = letterIds(job, localTime);
  const letters = await state.deadLetters({ job: job.name });
  const hash = new Hash64();
  // With others that are not told apart, nothing that only the data set has is certain to be its own.
  const isOwn = jobsBeside(job, jobs).length > 0 ? () => false : ownRecords(job, columns, route);
  return {
    settings: { job, route, isOwn, folder, signal, tell },
    scope,
    about: { job: job.name, startedAt, span: scope.span },
    isPart: options.part !== undefined,
    inSums: jobsInSums(job, jobs),
    ...{ alone, now },
    letters: new Set(letters.map((letter) => keyOf(hash.of(idOf(letter) ?? letter.key)))),
  };
}

function partOf(job: WindowJob, spans: readonly Span[], part: VerifyOptions['part']): readonly Span[] {
  const collectedTo = spans.at(-1)?.to;
  if (part === undefined || collectedTo === undefined) return spans;
  const asked = typeof part === 'number' ? newestPeriods(job, collectedTo, part) : part;
  return spans.flatMap(({ from, to }) => {
    const span = { from: Math.max(from, asked.from), to: Math.min(to, asked.to) };
    return span.from < span.to ? [span] : [];
  });
}
