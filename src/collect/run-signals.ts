/** What ends a run before its time. */
export interface RunSignals {
  /** Nothing new is read; the query is cancelled on the server, and deliveries wait for nothing any more. */
  readonly read: AbortSignal;
  /** Requests on their way are given up; aborted later than `read`, so that they may be answered. */
  readonly deliver: AbortSignal;
}
