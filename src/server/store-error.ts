/** The file that should hold the records cannot be used; nothing in it was changed. */
export class StoreError extends Error {
  readonly side = 'config';
  readonly remedy: string;

  constructor(message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreError';
    this.remedy = remedy;
  }
}
