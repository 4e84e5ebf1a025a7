/** An answer that says no, thrown wherever a request turns out to be wrong; the error handler sends it. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  /** @param message a sentence for whoever asked: it repeats nothing that was sent and tells nothing secret */
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
    this.headers = headers;
  }
}
