import type { JobStanding } from '../model/run-memory.ts';
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

/** What metrics look up. @param standings as the state has them now @param now epoch milliseconds */
export function gaugesOf(daemon: Daemon, standings: ReadonlyMap<string, JobStanding>, now: number): Gauges {
  return { jobs: jobGauges(daemon, standings), scheduleLag: daemon.scheduleLag(now) };
}

function* jobGauges(daemon: Daemon, standings: ReadonlyMap<string, JobStanding>): Generator<JobGauges> {
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
    };
  }
}
