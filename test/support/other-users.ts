import { execFileSync } from 'node:child_process';

/** Who runs a program: numbers that need no entry in /etc/passwd. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly groups?: readonly number[];
  /** Linux capabilities that root does without, e.g. `chown`. */
  readonly without?: string;
}

/** Throws where programs cannot be started as other users. */
export function requireOtherUsers(): void {
  if (process.geteuid?.() === 0) return;
  throw new Error('these tests start programs as other users: run them as root, e.g. in a container');
}

/** What stands before a command so that it runs as that user. */
export const commandAs = ({ uid, gid, groups = [], without }: User): string[] => [
  'setpriv',
  ...['--reuid', String(uid), '--regid', String(gid)],
  ...(groups.length === 0 ? ['--clear-groups'] : ['--groups', groups.join(',')]),
  ...(without === undefined ? [] : ['--bounding-set', `-${without}`, '--inh-caps', `-${without}`]),
];

/**
 * Runs a module of JavaScript as that user; gives what it writes to standard output. Throws with what it writes
 * elsewhere.
 */
export function runAs(user: User, code: string): string {
  const [command = '', ...args] = commandAs(user);
  return execFileSync(command, [...args, process.execPath, '--input-type=module', '-e', code], {
    encoding: 'utf8',
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
