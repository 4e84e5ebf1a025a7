import { setTimeout as delay } from 'node:timers/promises';
import { Daemon } from '../measure/daemon.ts';
import { usualWorkload } from './delivery.ts';
import { figureOf, found, type Suite } from './suite.ts';

const JOBS = 1_000;
const MINUTES = 2;
/** Milliseconds; more often would keep the daemon busy with being looked at. */
const LOOK_EVERY = 2_500;

/** Each runs once a minute, in a second of its own as far as a minute has enough of them, and finds nothing new. */
const busyJob = (table: string) => (job: number) =>
  `database: source
schedule: "${job % 60} * * * * *"
data_set: { data_group: bench, data_type: events-${job}, token: token-of-the-bench }
cursor: { columns: [event_time], start: ["2100-01-01 00:00:00"] }
query: SELECT event_time, period, channel, event_count FROM ${table} WHERE event_time > :event_time ORDER BY event_time
record: { timestamp: event_time, id: [_timestamp, period, channel] }
`;

export const MANY_JOBS: Suite = {
  name: 'many-jobs',
  about: '1,000 jobs a minute that find nothing new: whether the daemon keeps up',
  isQuick: false,
  async measure(bench) {
    const workload = await usualWorkload(bench, 20);
    const daemon = await Daemon.start(bench, workload, JOBS, busyJob(workload.table));
    try {
      // What is loaded with the first runs is no matter of keeping up.
      await delay(10_000);
      const [before, start] = [runsIn(await daemon.metrics()), performance.now()];
      const lags: number[] = [];
      while (performance.now() - start < MINUTES * 60_000) {
        await delay(LOOK_EVERY);
        lags.push(lagIn(await daemon.metrics()));
      }
      const minutes = (performance.now() - start) / 60_000;
      const runs = (runsIn(await daemon.metrics()) - before) / minutes;
      const longest = Math.max(...lags);
      return found(
        figureOf('many-jobs/runs', '1,000 jobs a minute: runs in a minute that ended well', 'number', [runs]),
        {
          ...figureOf('many-jobs/lag', '1,000 jobs a minute: the longest lag', 'seconds', lags),
          value: longest,
        },
      );
    } finally {
      await daemon.stop();
    }
  },
};

const sumOf = (metrics: string, line: RegExp): number =>
  [...metrics.matchAll(line)].reduce((sum, [, value]) => sum + Number(value), 0);

const runsIn = (metrics: string): number =>
  sumOf(metrics, /^pp_db_collector_runs_total\{[^}]*outcome="(?:succeeded|empty)"[^}]*\} (\S+)$/gm);

const lagIn = (metrics: string): number => sumOf(metrics, /^pp_db_collector_schedule_lag_seconds (\S+)$/gm);
