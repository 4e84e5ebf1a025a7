import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Ends a process as a power cut would, where it has not ended. */
export async function kill9(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
