import { resolve } from 'node:path';
import type { Daemon } from '../../daemon/daemon.ts';
import { measuredJobs } from '../../daemon/gauges.ts';
import { watchFiles } from '../../daemon/watch-files.ts';
import { logDefect } from '../../observe/log-schedule.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { Setting } from '../shell/setting.ts';
import { tellReloadToLog } from './daemon-reports.ts';

/** Reloads the configuration at SIGHUP and, if that is wanted, when its files change. */
export function listenForReload(
  daemon: Daemon,
  metrics: Metrics,
  setting: Setting,
  isWatching: boolean,
): { close(): void } {
  const { logger } = setting;
  let last: Promise<void> = Promise.resolve();
  const reload = () => {
    const next = last.then(async () => {
      const result = await daemon.reload();
      metrics.reloaded(result.isInForce && daemon.unplannedJobs().length === 0);
      // The connections are new, and so is what is known of the write host.
      if (result.isInForce) metrics.hostUp();
      metrics.setJobs(measuredJobs(daemon));
      tellReloadToLog(logger, result);
    });
    // One that fails must not keep the next one from being tried.
    last = next.catch((error: unknown) => logDefect(logger, error));
  };
  process.on('SIGHUP', reload);
  const { config, terminal } = setting;
  const file = resolve(terminal.directory, config.file);
  const unwatch = isWatching ? watchFiles(file, config.collectors, reload) : () => undefined;
  return {
    close() {
      process.off('SIGHUP', reload);
      unwatch();
    },
  };
}
