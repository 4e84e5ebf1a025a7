import type { Config } from '../config/config.ts';
import { Secret } from '../config/secret.ts';

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
  const [settings, scheduling]: [object, object] = [state, schedule];
  const url = 'url' in settings && settings.url instanceof Secret ? settings.url : undefined;
  const takesTurns = 'engine' in scheduling && scheduling.engine === 'pg-boss';
  if (url !== undefined) return { state: 'database', url, takesTurns };
  return { state: 'file' in settings ? 'file' : 'memory', url, takesTurns };
}
