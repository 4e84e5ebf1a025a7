import type { z } from 'zod';
import { STATE_DIALECT } from '../../sources/dialects.ts';
import { complain } from './complain.ts';

interface Scheduled {
  readonly schedule: { readonly engine: string };
  readonly state: object;
}

/** A schedule that processes share is kept where they share the state. */
export function checkEngine({ schedule, state }: Scheduled, context: z.RefinementCtx): void {
  if (schedule.engine === 'local' || 'url' in state) return;
  complain(context, ['schedule', 'engine'], {
    code: 'contradiction',
    expected: 'local, because the state is not in a database that processes can share',
    suggestion: `for ${schedule.engine} write state: { url: ${STATE_DIALECT.address.protocols[0]}//… }`,
  });
}
