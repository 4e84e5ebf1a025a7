import type { Route } from '../collect/run-context.ts';
import type { Config, Job } from '../config/config.ts';
import type { RejectedJob } from '../config/load-jobs.ts';

/** What is opened for a configuration. */
export interface Stations {
  /** Learns what others who run the same jobs have found out about the write host; never throws. */
  learn?(): Promise<void>;
  routeOf(job: Job): Route;
  /** Since when the write host is known to be down, epoch milliseconds; undefined: it is not, or nobody has asked. */
  readonly writeApiDownSince?: number | undefined;
  close(): Promise<void>;
}

/** One configuration in force, and what is opened for it: runs finish under the one they began with. */
export class Setup {
  readonly config: Config;
  readonly rejected: readonly RejectedJob[];
  readonly jobs: ReadonlyMap<string, Job>;
  readonly #stations: Stations;
  readonly #closed = Promise.withResolvers<void>();
  #users = 0;
  #isRetired = false;

  constructor(config: Config, rejected: readonly RejectedJob[], stations: Stations) {
    this.config = config;
    this.rejected = rejected;
    this.jobs = new Map(config.jobs.map((job) => [job.name, job]));
    this.#stations = stations;
  }

  get writeApiDownSince(): number | undefined {
    return this.#stations.writeApiDownSince;
  }

  /** Keeps what is opened from being closed until the work is done. */
  async use<Result>(work: (stations: Stations) => Promise<Result>): Promise<Result> {
    this.#users += 1;
    try {
      return await work(this.#stations);
    } finally {
      this.#users -= 1;
      this.#closeWhenUnused();
    }
  }

  /** Closes everything as soon as nobody uses it; resolves then. */
  async retire(): Promise<void> {
    this.#isRetired = true;
    this.#closeWhenUnused();
    await this.#closed.promise;
  }

  #closeWhenUnused(): void {
    if (this.#isRetired && this.#users === 0) this.#closed.resolve(this.#stations.close());
  }
}
