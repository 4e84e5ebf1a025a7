import type { RunOptions } from '../collect/collect-job.ts';
import type { State, Target } from '../collect/interfaces.ts';
import type { Job } from '../config/config.ts';
import { textsOf } from '../write-api/batch.ts';
import type { Terminal } from './terminal.ts';
import { localTimeText } from './text.ts';

/** The same run with nothing sent and nothing remembered: records go to standard output, one JSON document a line. */
export function dryRun(job: Job, options: RunOptions, terminal: Terminal): RunOptions {
  const target: Target = {
    async post(batch) {
      await terminal.print(
        textsOf(batch)
          .map((json) => `${json}\n`)
          .join(''),
      );
      return { requests: 0, bytesSent: 0 };
    },
  };
  const { state } = options;
  const withoutMemory: State = {
    progressOf: (name) => state.progressOf(name),
    beginRun: () => 0,
    windowAcknowledged(_run, name, progress) {
      if (progress === undefined) return;
      terminal.tell(
        `${name}: progress would be stored: collected to ${localTimeText(progress, job.timezone)}\n`,
      );
    },
    endRun: () => undefined,
    runs: (filter) => state.runs(filter),
    close: () => state.close(),
  };
  return { ...options, target, state: withoutMemory, limits: { ...options.limits, requests_in_flight: 1 } };
}
