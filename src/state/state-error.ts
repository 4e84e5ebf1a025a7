/** The state cannot be used; nothing in it was changed. */
export class StateError extends Error {
  readonly side = 'config';
  readonly remedy: string;

  constructor(message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StateError';
    this.remedy = remedy;
  }
}
