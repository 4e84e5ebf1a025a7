/** The file or database that should hold the records cannot be used; nothing in it was changed. */
export class StoreError extends Error {
  /** `source`: a database that could not be reached, or refused the login; it may be there later. */
  readonly side: 'config' | 'source';
  readonly remedy: string;

  constructor(
    message: string,
    remedy: string,
    { side = 'config', cause }: { readonly side?: 'config' | 'source'; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = 'StoreError';
    this.side = side;
    this.remedy = remedy;
  }
}
