import type { Config, Job } from '../../config/config.ts';
import { withState } from '../wiring.ts';

/**
 * Forgets what the jobs of a data set have sent, so that they take nothing that others store there for their own. To be
 * called before the data set is changed, as the process may end right after that. Throws StateError.
 */
export const forgetSentTo = (jobs: readonly Job[], config: Config): Promise<void> =>
  withState(config, async (state) => {
    for (const { name } of jobs) await state.forgetSent(name, 'records');
  });
