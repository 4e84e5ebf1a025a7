interface StateErrorOptions {
  /** `source`: the database that keeps the state does not do its work. */
  readonly side?: 'config' | 'source';
  readonly cause?: unknown;
  /** Another process has the state, or the job, right now: the same may work later. */
  readonly isBusy?: boolean;
}

/** The state cannot be used; nothing in it was changed. */
export class StateError extends Error {
  readonly side: 'config' | 'source';
  readonly remedy: string;
  readonly isBusy: boolean;

  constructor(message: string, remedy: string, options: StateErrorOptions = {}) {
    const { side = 'config', cause, isBusy = false } = options;
    super(message, { cause });
    this.name = 'StateError';
    this.side = side;
    this.remedy = remedy;
    this.isBusy = isBusy;
  }
}
