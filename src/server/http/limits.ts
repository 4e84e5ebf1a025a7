/** What a client may ask of the server before it is refused. Durations are in milliseconds, sizes in bytes. */
export interface ServerLimits {
  /** From connecting, or from the first byte of a further request, to the end of the headers. */
  readonly headersTimeout: number;
  /** From the first byte of a request to its last. */
  readonly requestTimeout: number;
  /** Without anything sent or taken while a request is under way. */
  readonly idleTimeout: number;
  /** From the wish to stop to breaking off the requests that are still under way. */
  readonly grace: number;
  /** How often connections are looked through for those that are too slow. */
  readonly checkInterval: number;
  /** Of the rest of a request that is answered before it has come; it may take until `requestTimeout`. */
  readonly discardedBytes: number;
  /** From the answer to what is no HTTP, or came too slowly, to breaking off its connection. */
  readonly lingerTime: number;
  /** Of all bodies together that are being received or worked on. */
  readonly heldBytes: number;
}

export const SERVER_LIMITS: ServerLimits = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  idleTimeout: 120_000,
  grace: 10_000,
  checkInterval: 1_000,
  discardedBytes: 64 * 1_048_576,
  lingerTime: 10_000,
  heldBytes: 64 * 1_048_576,
};
