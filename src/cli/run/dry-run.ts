import { collectJob, type RunOptions } from '../../collect/collect-job.ts';
import type { Route } from '../../collect/run-context.ts';
import type { Job } from '../../config/config.ts';
import type { RunResult } from '../../model/run.ts';
import type { Target } from '../../model/target.ts';
import type { Setting } from '../shell/setting.ts';
import type { Terminal } from '../shell/terminal.ts';
import { progressText } from '../shell/text.ts';
import { withState } from '../wiring.ts';

/** The same run with nothing sent and nothing remembered: records go to standard output, one JSON document a line. */
export function dryRun(
  job: Job,
  options: RunOptions,
  { config, terminal }: Pick<Setting, 'config' | 'terminal'>,
  signal: AbortSignal,
): Promise<RunResult> {
  return withState({ state: { memory: true } }, async (state) => {
    await state.setProgress(job.name, await options.state.progressOf(job.name));
    const route = () => printing(job, options.route(), terminal);
    const result = await collectJob(job, { ...options, state, route }, signal);
    const progress = progressText(await state.progressOf(job.name), job.timezone, config.schedule.timezone);
    if (result.failure === undefined)
      terminal.tell(`${job.name}: progress that would be stored: ${progress}\n`);
    return result;
  });
}

function printing(job: Job, route: Route, terminal: Terminal): Route {
  const target: Target = {
    address: route.target.address,
    async post(batch) {
      const lines = batch.texts().map((json) => `${json}\n`);
      await terminal.print(lines.join(''));
      return { requests: 0, bytesSent: 0, refused: [] };
    },
    async empty() {
      terminal.tell(`${job.name}: the data set would be emptied here\n`);
      return { requests: 0, bytesSent: 0 };
    },
    async remove(id) {
      terminal.tell(`${job.name}: the record ${JSON.stringify(id)} would be removed here\n`);
      return true;
    },
  };
  return { ...route, target, limits: { ...route.limits, requests_in_flight: 1 } };
}
