import { tmpdir } from 'node:os';
import { collectJob, type RunOptions } from '../../src/collect/collect-job.ts';
import { type Replay, type ReplayOptions, replayDeadLetters } from '../../src/collect/replay-dead-letters.ts';
import type { Route } from '../../src/collect/run-context.ts';
import { type Complete, type Job, jobOfFile } from '../../src/config/config.ts';
import { filledIn } from '../../src/config/filled-in.ts';
import { jobSchema } from '../../src/config/schema/job-schema.ts';
import type { RunResult } from '../../src/model/run.ts';
import type { RunObserver } from '../../src/model/run-event.ts';
import type { Source } from '../../src/model/source.ts';
import type { State } from '../../src/model/state.ts';
import type { Target } from '../../src/model/target.ts';
import { openSqliteState } from '../../src/state/sqlite/open-state.ts';
import { whileNobodyRuns } from '../../src/verify/alone.ts';
import type { VerifyOptions } from '../../src/verify/prepare.ts';
import { verifyJob } from '../../src/verify/verify-job.ts';
import type { Verified } from '../../src/verify/verify-records.ts';
import { ReadClient } from '../../src/write-api/read-client.ts';
import { WriteApiClient } from '../../src/write-api/write-api-client.ts';

export const SILENT: RunObserver = () => undefined;

const QUERY = `SELECT submitted_on, channel, count(*) AS count FROM applications
  WHERE submitted_at >= :from AND submitted_at < :to GROUP BY submitted_on, channel ORDER BY 1, 2`;

/** A job as a file would give it that leaves nothing out, with what the test changes. */
export function jobOf(over: Record<string, unknown> = {}): Complete {
  const file = jobSchema.parse({
    database: 'source',
    data_set: { data_group: 'test', data_type: 'applications', token: 'the-token' },
    ...(over.cursor || over.snapshot ? {} : { window: { period: 'day' } }),
    query: QUERY,
    record: { timestamp: 'submitted_on', id: ['_timestamp', 'channel'] },
    ...over,
  });
  return jobOfFile(
    filledIn(file, 'applications'),
    'applications',
    'collectors/applications.yaml',
    'Europe/London',
  ) as Complete;
}

/** Everything that a run needs, made for one source and one write API, and driven at the times that the test names. */
export class Collecting {
  readonly state: State = openSqliteState(':memory:');
  readonly client: WriteApiClient;
  readonly #reading: ReadClient;
  readonly #source: Source;

  constructor(source: Source, url: string) {
    this.#source = source;
    const options = { url, timeout: 2_000, retry: { for: 10_000, first_delay: 10, max_delay: 50 } };
    this.client = new WriteApiClient(options);
    this.#reading = new ReadClient(options);
  }

  /** One run at a time of day, as ISO text. */
  run(
    job: Job,
    now: string,
    over: Partial<RunOptions> & Partial<Route> & { signal?: AbortSignal } = {},
  ): Promise<RunResult> {
    const route = () => ({ ...this.routeOf(job), ...over });
    const options: RunOptions = {
      route,
      state: this.state,
      observer: SILENT,
      now: () => Date.parse(now),
      grace: 0,
      ...over,
    };
    return collectJob(job, options, over.signal ?? new AbortController().signal);
  }

  /** What the job has delivered, compared with its source record by record at a time of day, as ISO text. */
  async verify(job: Job, now: string, over: Partial<VerifyOptions> = {}): Promise<Verified> {
    const options = { ...this.verifying(job, now), recordsOnly: true, ...over };
    const verified = await verifyJob(job, options, new AbortController().signal);
    if (!('known' in verified)) throw new Error('only sums were compared');
    return verified;
  }

  /** What a verification works with. */
  verifying(job: Job, now: string): VerifyOptions {
    return {
      state: this.state,
      route: this.routeOf(job),
      now: () => Date.parse(now),
      folder: tmpdir(),
      alone: whileNobodyRuns(job.name, this.state),
    };
  }

  routeOf(job: Job): Route {
    return {
      source: this.#source,
      localTime: { zone: 'UTC' },
      target: this.targetOf(job),
      reader: this.#reading.reader(job.data_set),
      limits: { max_batch_records: 1_000, max_batch_bytes: 1_048_576, requests_in_flight: 2 },
    };
  }

  /** One replay of a job's dead letters at a time of day, as ISO text. */
  replay(
    job: Job,
    now: string,
    over: Partial<ReplayOptions> & { signal?: AbortSignal } = {},
  ): Promise<Replay> {
    const options: ReplayOptions = {
      state: this.state,
      observer: SILENT,
      now: () => Date.parse(now),
      target: this.targetOf(job),
      localTime: { zone: 'UTC' },
      limits: { max_batch_records: 1_000, max_batch_bytes: 1_048_576 },
      ...over,
    };
    return replayDeadLetters(job, options, over.signal ?? new AbortController().signal);
  }

  targetOf(job: Job): Target {
    return this.client.target({ ...job.data_set, token: job.data_set.token.reveal() });
  }

  async close(): Promise<void> {
    await this.state.close();
    await this.client.close();
    this.#reading.close();
    await this.#source.close();
  }
}
