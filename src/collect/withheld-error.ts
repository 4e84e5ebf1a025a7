/** Something stored must not be sent, at least not now: it stays as it is. */
export class WithheldError extends Error {
  readonly side = 'config';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'WithheldError';
    this.remedy = remedy;
  }
}
