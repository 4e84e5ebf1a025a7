import type { GlobalFlags } from './setting.ts';
import type { Terminal } from './terminal.ts';

/** What is to be seen while jobs run. */
export interface Showing {
  /** A line for each job, drawn again as it gets on. */
  readonly lines: boolean;
  /** The log; else of it only what nothing else tells. */
  readonly log: boolean;
}

export interface ShowingFlags extends Pick<GlobalFlags, 'logLevel' | 'logFormat'> {
  readonly verbose?: boolean;
  readonly quiet?: boolean;
}

/** Lines of jobs are for terminals. The log is for everything else, and for who asks for it. */
export function showingOf(flags: ShowingFlags, { hasCursor }: Terminal): Showing {
  const isQuiet = flags.quiet === true;
  const isLogWanted = flags.verbose === true || flags.logLevel !== undefined || flags.logFormat !== undefined;
  return { lines: hasCursor && !isQuiet, log: !isQuiet && (isLogWanted || !hasCursor) };
}
