/** An answer other than 200, thrown wherever a request turns out to be wrong; the error handler sends it. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: ErrorBody, headers: Readonly<Record<string, string>> = {}) {
    super(`answered ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** Faults of the records come as `messages`; everything else as one `message`. */
export type ErrorBody =
  | { readonly status: 'error'; readonly message: string }
  | { readonly messages: readonly string[] };

/** One sentence about the request as a whole. */
export function apiError(
  status: number,
  message: string,
  headers?: Readonly<Record<string, string>>,
): ApiError {
  return new ApiError(status, { status: 'error', message }, headers);
}

/** 400: what is wrong with the records, one message for each fault. */
export function recordsError(messages: readonly string[]): ApiError {
  return new ApiError(400, { messages });
}
