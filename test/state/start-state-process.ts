import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { StateOptions } from '../../src/state/sqlite/open-state.ts';
import type { Answer, Order } from './state-process.ts';

/** Another process that works with a state. */
export class StateProcess {
  readonly #process: ChildProcess;

  constructor(process: ChildProcess) {
    this.#process = process;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Throws an error with the message that the other process saw. */
  async does<Result = unknown>(action: Order['action'], ...values: readonly unknown[]): Promise<Result> {
    const done = new AbortController();
    const answered = once(this.#process, 'message', done);
    const ended = once(this.#process, 'exit', done).then(([code]) => {
      throw new Error(`the process ended with ${code}`);
    });
    this.#process.send({ action, values } satisfies Order);
    const [answer] = (await Promise.race([answered, ended])) as [Answer];
    ended.catch(() => undefined);
    done.abort();
    if (answer.error !== undefined) throw Object.assign(new Error(), answer.error);
    return answer.value as Result;
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.kill(name);
  }

  async kill9(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}

/** A process without a state; it is killed with the test. */
export async function startProcess(): Promise<StateProcess> {
  const child = fork(join(import.meta.dirname, 'state-process.ts'), { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return new StateProcess(child);
}

/** @param host what it takes for its machine, instead of this one */
export async function startStateProcess(
  file: string,
  options: StateOptions = {},
  host?: string,
): Promise<StateProcess> {
  const process = await startProcess();
  await process.does('open', file, options, host);
  return process;
}
