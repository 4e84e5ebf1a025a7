import type { Job } from '../config/config.ts';
import type { StoredDeadLetter } from '../model/dead-letter.ts';
import type { RunResult } from '../model/run.ts';
import type { State } from '../model/state.ts';
import { asRun, type RunSettings, type RunWork } from './as-run.ts';
import { suppressing } from './delivery.ts';
import { WithheldError } from './failures.ts';
import { fingerprintOf, refuseChangedIds } from './fingerprint.ts';
import { Replaying, type ReplayRoute } from './replaying.ts';

export interface ReplayOptions extends RunSettings, ReplayRoute {
  readonly state: State;
  /** Only this dead letter; undefined: all of the job. */
  readonly id?: number | undefined;
}

/** What became of the dead letters that were replayed. */
export interface Replay {
  /** As history shows it. */
  readonly result: RunResult;
  /** Still dead letters, each with its new reason. */
  readonly kept: readonly StoredDeadLetter[];
}

/**
 * Sends the dead letters of a job again, as a run of the job without a source. What is acknowledged is
 * removed; what is refused again, or still is no record, stays with the new reason. Throws a Failure when the
 * job is busy, when what determines its ids has changed, or when the target or the state fails: what was
 * acknowledged before is removed all the same.
 */
export async function replayDeadLetters(
  job: Job,
  options: ReplayOptions,
  signal: AbortSignal,
): Promise<Replay> {
  const { state, localTime, limits, id } = options;
  const kept: StoredDeadLetter[] = [];
  const work: RunWork = {
    precondition: async () => {
      const progress = await state.progressOf(job.name);
      refuseChangedIds(job.name, progress?.fingerprint, fingerprintOf(job, localTime.zone));
      await refuseBeforeReplacing(job, state);
    },
    perform: async (run, { read }) => {
      run.tell({ kind: 'run-started', windows: undefined });
      const route = { localTime, limits, target: suppressing(options.target, job.record) };
      const replaying = new Replaying(job, run, state, route, read);
      kept.push(...(await replaying.replay(await state.deadLetters({ job: job.name, id }))));
    },
  };
  const { result, error } = await asRun(job, options, work, signal);
  if (error !== undefined) throw error;
  return { result, kept };
}

/** A snapshot that is going to replace the data set would take away what is sent before it. */
async function refuseBeforeReplacing({ name }: Job, state: State): Promise<void> {
  const pending = await state.pendingOf(name);
  if (!pending.some(({ mustEmpty }) => mustEmpty)) return;
  throw new WithheldError(
    'a snapshot waits to replace the whole data set, and would remove what is sent now',
    `Let it be delivered first: pp-db-collector run ${name}; then replay.`,
  );
}
