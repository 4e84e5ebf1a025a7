import { Daemon } from '../../daemon/daemon.ts';
import { gaugesOf, measuredJobs } from '../../daemon/gauges.ts';
import { ViewOfDaemon } from '../../daemon/view.ts';
import { observers } from '../../model/run-event.ts';
import type { State } from '../../model/state.ts';
import { logRuns, logSchedule } from '../../observe/log-events.ts';
import { createMetrics, type Metrics } from '../../observe/metrics.ts';
import type { ScheduleObserver } from '../../schedule/scheduler-interface.ts';
import { steadyClock } from '../../schedule/steady-clock.ts';
import type { DaemonView } from '../../status/daemon-view.ts';
import type { Setting } from '../shell/setting.ts';
import { standardError } from '../shell/terminal.ts';
import { version } from '../shell/version.ts';
import { workingFolder } from '../shell/working-folder.ts';
import { ConfiguredStations } from '../wiring.ts';
import type { Schedule } from './schedule.ts';

export interface DaemonParts {
  readonly daemon: Daemon;
  readonly view: DaemonView;
  readonly metrics: Metrics;
}

/** Of the grace, milliseconds for what comes after the last request. */
const LAST_STEPS = 1_500;

/** Puts a daemon together; nothing of it runs yet. @param grace milliseconds */
export function assembleDaemon(
  setting: Setting,
  state: State,
  schedule: Schedule,
  grace: number,
): DaemonParts {
  const { config, rejectedJobs, logger } = setting;
  let { terminal } = setting;
  const { now } = schedule;
  const lookUp = async () => {
    await daemon.catchUp();
    const [standings, verifications] = [await state.standings(), await state.newestVerifications()];
    return gaugesOf(daemon, { standings, verifications }, now());
  };
  const metrics = createMetrics(lookUp, () => standardError.lost);
  const logged = logSchedule(logger);
  const scheduleObserver: ScheduleObserver = {
    ...logged,
    cannotSchedule: (job, error) => {
      metrics.reloaded(false);
      logged.cannotSchedule(job, error);
    },
    ticksSkipped: (job, ticks) => {
      metrics.ticksSkipped(job, ticks.count);
      logged.ticksSkipped(job, ticks);
    },
  };
  const daemon = new Daemon(
    {
      state,
      observer: observers(logRuns(logger), metrics.observer),
      engine: (start) => schedule.engine(start, scheduleObserver),
      load() {
        const loaded = setting.readAgain();
        terminal = loaded.terminal;
        return loaded;
      },
      open: (config) => new ConfiguredStations({ config, terminal, logger }, metrics, schedule.company),
      grace: Math.max(0, grace - LAST_STEPS),
      folder: workingFolder(config),
      now,
      steadyNow: steadyClock(now, () => performance.now()),
    },
    { config, rejectedJobs },
  );
  metrics.setJobs(measuredJobs(daemon));
  metrics.reloaded(rejectedJobs.length === 0);
  const view = new ViewOfDaemon(daemon, state, { version, now, replicas: schedule.replicas });
  return { daemon, view, metrics };
}
