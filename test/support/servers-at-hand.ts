import type { TestProject } from 'vitest/node';
import { openDesk, serversAtHand } from './servers.ts';

/** Gives out the servers that answer already; installs and starts none. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const found = await serversAtHand();
  return await openDesk(project, found, [...found.keys()]);
}
