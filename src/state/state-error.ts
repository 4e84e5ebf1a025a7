/** The state cannot be used; nothing in it was changed. */
export class StateError extends Error {
  readonly side = 'config';
  readonly remedy: string;
  /** Another process has the file, or the job, right now: the same may work later. */
  readonly isBusy: boolean;

  constructor(message: string, remedy: string, cause?: unknown, isBusy = false) {
    super(message, { cause });
    this.name = 'StateError';
    this.remedy = remedy;
    this.isBusy = isBusy;
  }
}
