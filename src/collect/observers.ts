import type { RunObserver } from '../model/run-observer.ts';

/** One observer that tells all others, in their order; each hears what it listens to. */
export function observers(...all: readonly Partial<RunObserver>[]): RunObserver {
  const tell =
    <Name extends keyof RunObserver>(name: Name) =>
    (...told: Parameters<RunObserver[Name]>): void => {
      for (const each of all) {
        const listener = each[name] as ((...told: Parameters<RunObserver[Name]>) => void) | undefined;
        listener?.(...told);
      }
    };
  return {
    runStarted: tell('runStarted'),
    windowAcknowledged: tell('windowAcknowledged'),
    cursorAcknowledged: tell('cursorAcknowledged'),
    snapshotAcknowledged: tell('snapshotAcknowledged'),
    idsNoLongerCompared: tell('idsNoLongerCompared'),
    deadLetter: tell('deadLetter'),
    rowsOverlooked: tell('rowsOverlooked'),
    positionInFuture: tell('positionInFuture'),
    pendingExpired: tell('pendingExpired'),
    runEnded: tell('runEnded'),
  };
}
