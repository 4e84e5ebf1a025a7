/** An answer other than 200, thrown wherever a request turns out to be wrong; the error handler sends it. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: RefusalBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: RefusalBody, headers: Readonly<Record<string, string>> = {}) {
    super(`answered ${status}`);
    this.name = 'Refusal';
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** Faults of the records come as `messages`; everything else as one `message`. */
export type RefusalBody =
  | { readonly status: 'error'; readonly message: string }
  | { readonly messages: readonly string[] };

/** One sentence about the request as a whole. */
export function refusal(
  status: number,
  message: string,
  headers?: Readonly<Record<string, string>>,
): Refusal {
  return new Refusal(status, { status: 'error', message }, headers);
}

/** 400: what is wrong with the records, one message for each fault. */
export function refusedRecords(messages: readonly string[]): Refusal {
  return new Refusal(400, { messages });
}
