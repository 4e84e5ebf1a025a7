/** The right to run a job. */
export interface JobLease {
  readonly kind: 'lease';
  /** Aborted, with a Failure as its reason, when another process has taken the lease because this one seemed dead. */
  readonly lost: AbortSignal;
  /** May be called again. */
  release(): Promise<void>;
}

/** Who runs a job. */
export interface LeaseHolder {
  readonly kind: 'busy';
  /** A clause such as `process 4711 on host reporting-1`. */
  readonly holder: string;
  readonly since: number;
}
