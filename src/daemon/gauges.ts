import type { JobStanding } from '../model/run-memory.ts';
import type { RememberedVerification } from '../model/verification.ts';
import type { Gauges, JobGauges, MeasuredJob } from '../observe/metrics.ts';
import type { Daemon } from './daemon.ts';

/** The jobs whose runs are counted. */
export function measuredJobs({ setup }: Daemon): MeasuredJob[] {
  const good = [...setup.jobs.values()].map(({ name, data_set }) => ({
    name,
    dataSet: `${data_set.data_group}/${data_set.data_type}`,
  }));
  return [...good, ...setup.rejected.map(({ name }) => ({ name, dataSet: undefined }))];
}

/** What metrics look up. @param now epoch milliseconds */
export function gaugesOf(daemon: Daemon, remembered: Remembered, now: number): Gauges {
  return { jobs: jobGauges(daemon, remembered), scheduleLag: daemon.scheduleLag(now) };
}

/** What the state has of all jobs now. */
interface Remembered {
  readonly standings: ReadonlyMap<string, JobStanding>;
  readonly verifications: ReadonlyMap<string, RememberedVerification>;
}

function* jobGauges(daemon: Daemon, { standings, verifications }: Remembered): Generator<JobGauges> {
  for (const { name } of measuredJobs(daemon)) {
    const standing = standings.get(name);
    yield {
      name,
      deadLetters: standing?.deadLetters ?? 0,
      pendingRecords: standing?.pendingRecords ?? 0,
      collectedTo: standing?.progress?.collectedTo,
      lastSuccess: daemon.historyOf(name)?.lastSuccessAt,
      nextRun: daemon.statusOf(name)?.nextTick,
      running: standing?.running,
      verification: verifications.get(name),
    };
  }
}
