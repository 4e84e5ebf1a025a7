import { EXIT, type ExitCode } from './exit-codes.ts';

/** The wish to stop, as SIGINT or SIGTERM tells it. */
export interface StopSignals {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** The exit code that belongs to the signal that came; undefined while none has. */
  readonly exitCode: () => ExitCode | undefined;
  /** From here on signals do what they do without us. */
  readonly release: () => void;
}

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;
const NAMES = Object.keys(CODES) as (keyof typeof CODES)[];

/**
 * Lets signals that nobody listens for end this process also when it is the first of a container, as which the kernel spares it:
 * else `docker stop` would wait in vain for a command that has nothing to put in order.
 */
export function endAsFirstProcess(): void {
  if (process.pid !== 1) return;
  for (const name of NAMES)
    process.on(name, () => {
      if (process.listenerCount(name) === 1) process.exit(CODES[name]);
    });
}

/** Listens for signals: the first asks everything to stop, a second ends the process at once. */
export function listenForStop(): StopSignals {
  const controller = new AbortController();
  let code: ExitCode | undefined;
  const stop = (name: keyof typeof CODES) => {
    if (code !== undefined) process.exit(CODES[name]);
    code = CODES[name];
    controller.abort(new Error(`stopped by ${name}`));
  };
  for (const name of NAMES) process.on(name, stop);
  return {
    signal: controller.signal,
    exitCode: () => code,
    release() {
      for (const name of NAMES) process.off(name, stop);
    },
  };
}

/** Does some work that signals ask to stop. */
export async function withStop<Result>(work: (stop: StopSignals) => Promise<Result>): Promise<Result> {
  const stop = listenForStop();
  try {
    return await work(stop);
  } finally {
    stop.release();
  }
}
