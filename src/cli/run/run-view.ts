import type { Logger } from 'pino';
import type { Job } from '../../config/config.ts';
import { observers, type RunEvent, type RunObserver } from '../../model/run-event.ts';
import { logRuns } from '../../observe/log-events.ts';
import type { Setting } from '../shell/setting.ts';
import type { Showing } from '../shell/showing.ts';
import type { Terminal } from '../shell/terminal.ts';

/** Milliseconds between two pictures of the same lines. */
const PICTURE = 100;

/** What is seen of runs while they go on. */
export interface RunView {
  readonly logger: Logger;
  readonly observer: RunObserver;
  /** What was warned of and has not been seen yet, in the form of the log. */
  readonly remarks: Iterable<string>;
  close(): void;
}

/** Loads what a terminal needs only where there is one. */
export async function openRunView(
  jobs: readonly Job[],
  { logger, terminal }: Pick<Setting, 'logger' | 'terminal'>,
  showing: Showing,
): Promise<RunView> {
  const lines = showing.lines ? await openLines(jobs, terminal) : NO_LINES;
  if (showing.log) {
    return { logger, observer: observers(logRuns(logger), lines.hear), remarks: [], close: lines.close };
  }
  const { screenLog } = await import('../shell/screen-log.ts');
  const log = await screenLog(terminal, lines.note);
  return { ...log, observer: observers(logRuns(log.logger), lines.hear), close: lines.close };
}

interface Lines {
  hear(event: RunEvent): void;
  note(text: string): void;
  close(): void;
}

const NO_LINES: Lines = { hear: () => undefined, note: () => undefined, close: () => undefined };

async function openLines(jobs: readonly Job[], terminal: Terminal): Promise<Lines> {
  const [{ LiveLines }, { LiveRuns }] = await Promise.all([
    import('../shell/live-lines.ts'),
    import('./live-runs.ts'),
  ]);
  const names = jobs.map(({ name }) => name);
  const runs = new LiveRuns(names, () => performance.now());
  terminal.keepBelow(new LiveLines((size) => runs.lines(size), terminal));
  const timer = setInterval(() => terminal.tell(''), PICTURE);
  return {
    hear: (event) => {
      runs.hear(event);
      if (event.kind === 'run-started' || event.kind === 'run-ended') terminal.tell('');
    },
    note: (text) => runs.note(text),
    close() {
      clearInterval(timer);
      terminal.keepBelow(undefined);
    },
  };
}
