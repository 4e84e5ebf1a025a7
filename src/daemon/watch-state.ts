import type { State } from '../model/state.ts';

/** Milliseconds. */
const EVERY = 5_000;

interface StateWatcher {
  /** Told once until it is back. @param error why */
  lost(error: Error): void;
  back(): void;
}

/** Tells when the state cannot be used, and when it can again, also while no job runs. Returns what stops it. */
export function watchState(state: Pick<State, 'jobs'>, watcher: StateWatcher, every = EVERY): () => void {
  let isLost = false;
  const checkState = async () => {
    try {
      await state.jobs();
      if (isLost) watcher.back();
      isLost = false;
    } catch (error) {
      // Another process that has the file for long does its work, and then it is free again.
      if (isLost || !(error instanceof Error) || ('isBusy' in error && error.isBusy)) return;
      isLost = true;
      watcher.lost(error);
    }
  };
  const timer = setInterval(() => void checkState(), every).unref();
  return () => clearInterval(timer);
}
