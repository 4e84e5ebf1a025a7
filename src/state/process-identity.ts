import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { MINUTE } from '../calendar/durations.ts';

/** Which process, on which machine: enough to tell from another process whether it lives. */
export interface ProcessIdentity {
  /** For people, such as `process 4711 on host reporting-1`. */
  readonly holder: string;
  /** Equal where process numbers mean the same processes: one machine, from one boot to the next, in one container. */
  readonly host: string;
  readonly pid: number;
  /** When it started, in the system's own counting; undefined where the system does not tell. */
  readonly start: string | undefined;
}

/** What was seen so much later than now, in milliseconds, was seen by a wrong clock. */
const WRONG_CLOCK = MINUTE;

/** `unknown`: the process is, or was, where this one cannot see it. */
export type Liveness = 'alive' | 'dead' | 'unknown';

export function ownIdentity(): ProcessIdentity {
  return {
    holder: `process ${process.pid} on host ${hostname()}`,
    host: ownHost(),
    pid: process.pid,
    start: statusOf(process.pid)?.start,
  };
}

/**
 * Whether a process lives; one that is suspended, and may go on at any time, does.
 * @param lastSeen when it was certainly there, epoch milliseconds
 */
export function livenessOf(process: ProcessIdentity, self: ProcessIdentity, lastSeen: number): Liveness {
  if (process.host !== self.host) return 'unknown';
  if (!exists(process.pid)) return 'dead';
  const status = statusOf(process.pid);
  if (status !== undefined && process.start !== undefined) {
    return status.isGone || status.start !== process.start ? 'dead' : 'alive';
  }
  // Only the number is known, and since a restart of the machine it may be another's.
  const now = Date.now();
  return now - uptime() * 1_000 > lastSeen || lastSeen > now + WRONG_CLOCK ? 'unknown' : 'alive';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Of Linux. The name of the program, in brackets, may itself hold brackets and spaces. */
function statusOf(pid: number): { readonly start: string; readonly isGone: boolean } | undefined {
  const fields = textOf(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ');
  const [state, start] = [fields?.[0], fields?.[19]];
  // A zombie has ended and waits for its parent to notice.
  return state === undefined || start === undefined ? undefined : { start, isGone: /[ZXx]/.test(state) };
}

function ownHost(): string {
  const boot = textOf('/proc/sys/kernel/random/boot_id');
  const namespaces = ['pid', 'time'].map((kind) => linkOf(`/proc/self/ns/${kind}`));
  const machine = boot === undefined ? [hostname(), textOf('/etc/machine-id')] : [boot];
  return [...machine, ...namespaces].filter((part) => part !== undefined).join(' ');
}

const textOf = (path: string) => orUndefined(() => readFileSync(path, 'utf8').trim());
const linkOf = (path: string) => orUndefined(() => readlinkSync(path));

function orUndefined(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
