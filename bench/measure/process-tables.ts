import { readdirSync, readFileSync } from 'node:fs';

/** What Linux tells of processes in /proc. Times come in ticks of a hundredth of a second. */
const TICKS = 100;

interface Ticks {
  readonly parent: number;
  readonly own: number;
  /** Of children that have ended. */
  readonly ended: number;
}

function ticks(pid: number | string): Ticks {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
    .map(Number);
  const [, parent = 0, , , , , , , , , , user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields;
  return { parent, own: user + system, ended: endedUser + endedSystem };
}

/** Seconds of processor time so far, of a process and of the children it has or had. */
export function processorTimeOfTree(pid: number): number {
  const { own, ended } = ticks(pid);
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  const living = children.reduce((sum, child) => sum + (ifThere(() => ticks(child).own) ?? 0), 0);
  return (own + ended + living) / TICKS;
}

export const parentOf = (pid: number | string): number | undefined => ifThere(() => ticks(pid).parent);

/** Resident memory in bytes, now. */
export function residentMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
}

/** The name of the program that a process runs. */
export const programOf = (pid: number): string | undefined =>
  ifThere(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());

/** Processes end while one looks at them. */
function ifThere<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
