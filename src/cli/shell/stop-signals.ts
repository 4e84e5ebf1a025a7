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

/** Listens for signals: the first asks everything to stop, a second ends the process at once. */
export function listenForStop(): StopSignals {
  const controller = new AbortController();
  let code: ExitCode | undefined;
  const stop = (name: keyof typeof CODES) => {
    if (code !== undefined) process.exit(CODES[name]);
    code = CODES[name];
    controller.abort(new Error(`stopped by ${name}`));
  };
  const names = Object.keys(CODES) as (keyof typeof CODES)[];
  for (const name of names) process.on(name, stop);
  return {
    signal: controller.signal,
    exitCode: () => code,
    release() {
      for (const name of names) process.off(name, stop);
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
