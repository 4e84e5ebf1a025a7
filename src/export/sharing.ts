import type { Config } from '../config/config.ts';
import type { Secret } from '../config/secret.ts';

/** What several processes of one configuration share. */
export interface Sharing {
  /** Where the state is: a file, a database, or nowhere but in the process. */
  readonly state: 'file' | 'database' | 'memory';
  /** The address of that database. */
  readonly url: Secret | undefined;
  /** Whether they take turns with the jobs, in place of each running them all. */
  readonly takesTurns: boolean;
}

export function sharingOf({ state, schedule }: Pick<Config, 'state' | 'schedule'>): Sharing {
  const url = 'url' in state ? state.url : undefined;
  const takesTurns = schedule.engine === 'pg-boss';
  if (url !== undefined) return { state: 'database', url, takesTurns };
  return { state: 'file' in state ? 'file' : 'memory', url, takesTurns };
}
