/** Other processes that send to the same write host. All methods may throw: then everybody is on his own. */
export interface HostCompany {
  /** That the host is down, as one of them has found out; undefined: nobody has. */
  look(): Promise<KnownFailures | undefined>;
  /** Says that it is down. @param pause milliseconds until somebody may try it */
  tellDown(failures: number, reason: string, pause: number): Promise<void>;
  /** Says that it answers. */
  tellUp(): Promise<void>;
  /**
   * Asks for the turn to try the host, which one of all has every `pause` milliseconds. Gives the milliseconds to wait
   * when it is somebody else's, and `up` when one of them was answered.
   */
  takeTurn(pause: number): Promise<'mine' | 'up' | number>;
}

export interface KnownFailures {
  /** Failures in a row. */
  readonly failures: number;
  readonly reason: string;
  /** Milliseconds since the host was found to be down. */
  readonly elapsed: number;
}
