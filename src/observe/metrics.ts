import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { lateAt } from '../model/lateness.ts';
import type { RunningRun, RunOutcome, RunResult } from '../model/run.ts';
import type { RunObserver } from '../model/run-event.ts';
import { differencesOf, type RememberedVerification } from '../model/verification.ts';
import { instrumentOf, MetricShards, Turns } from './metrics-shards.ts';
import { METRICS } from './metrics-table.ts';

/** A job as far as metrics know it. */
export interface MeasuredJob {
  readonly name: string;
  /** `<data_group>/<data_type>`; undefined when the file of the job is wrong. */
  readonly dataSet: string | undefined;
}

/** Where a job stands. Times are epoch milliseconds. */
export interface JobGauges {
  readonly name: string;
  readonly deadLetters: number;
  readonly pendingRecords: number;
  readonly collectedTo: number | undefined;
  readonly lastSuccess: number | undefined;
  readonly nextRun: number | undefined;
  readonly verification?: RememberedVerification | undefined;
  /** The run that goes on. */
  readonly running?: RunningRun | undefined;
}

/** What is not counted but looked up whenever somebody wants to know. */
export interface Gauges {
  readonly jobs: Iterable<JobGauges>;
  /** Milliseconds: for how long the longest-waiting run has been due, or how late the last one started. */
  readonly scheduleLag: number;
}

export interface Metrics {
  /** Counts runs when they end. */
  readonly observer: RunObserver;
  /** The jobs that there are from now on: the series of new ones begin at 0, those of the others go away. */
  setJobs(jobs: readonly MeasuredJob[]): void;
  /** @param status `none`: there was no answer */
  requestAnswered(dataSet: string, status: number | 'none'): void;
  requestRepeated(dataSet: string): void;
  hostDown(): void;
  hostUp(): void;
  ticksSkipped(job: string, count: number): void;
  reloaded(isSuccessful: boolean): void;
  /** The media type of the text. */
  readonly contentType: string;
  /**
   * Everything in Prometheus' text format, the process's own metrics included, in UTF-8. However many jobs there are,
   * others get their turn in between. Throws what looking up the gauges throws.
   */
  text(): Promise<Buffer>;
}

const { requests, retries, scheduleLag, breakerOpen, reloadSuccessful, logLinesLost, ...JOB_METRICS } =
  METRICS;
const PROCESS_METRICS = { scheduleLag, breakerOpen, reloadSuccessful, logLinesLost };

const OUTCOMES: Readonly<Record<RunOutcome, true>> = {
  succeeded: true,
  empty: true,
  partial: true,
  not_ready: true,
  failed: true,
  interrupted: true,
  skipped: true,
};

const ONE = [undefined];
const STORED = '200';

const jobShards = () =>
  new MetricShards(JOB_METRICS, {
    runs: Object.keys(OUTCOMES),
    ...{
      runDuration: ONE,
      rows: ONE,
      records: ONE,
      unchanged: ONE,
      vanished: ONE,
      lateAtEnd: ONE,
      rowsBehind: ONE,
      ticksSkipped: ONE,
    },
  });
const dataSetShards = () => new MetricShards({ requests, retries }, { requests: [STORED], retries: ONE });

/**
 * Counts what the daemon does.
 *
 * @param lookUp gives the gauges at the time of its call
 * @param logLinesLost how many lines of the log could not be written since the process began; left out: none
 */
export function createMetrics(lookUp: () => Promise<Gauges>, logLinesLost = () => 0): Metrics {
  const [jobs, dataSets, process] = [jobShards(), dataSetShards(), new ProcessMetrics()];
  const write = async () => {
    const gauges = await lookUp();
    const turns = new Turns();
    process.set('scheduleLag', gauges.scheduleLag / 1_000);
    process.set('logLinesLost', logLinesLost());
    await takeOver(jobs, gauges.jobs, turns);
    return Buffer.concat([
      ...(await jobs.texts(turns)),
      ...(await dataSets.texts(turns)),
      await process.text(),
    ]);
  };
  let writing: Promise<Buffer> | undefined;
  return {
    observer: (event) => {
      if (event.kind === 'run-ended') countRun(jobs, event.result);
      else if (event.kind === 'late-at-end') jobs.add('lateAtEnd', event.job, lateAt(event));
      else if (event.kind === 'rows-behind') jobs.add('rowsBehind', event.job, event.behind);
    },
    setJobs: (wanted) => {
      jobs.replace(wanted.map(({ name }) => name));
      dataSets.replace(wanted.map(({ dataSet }) => dataSet).filter((dataSet) => dataSet !== undefined));
    },
    requestAnswered: (dataSet, status) => dataSets.add('requests', dataSet, 1, String(status)),
    requestRepeated: (dataSet) => dataSets.add('retries', dataSet, 1),
    hostDown: () => process.set('breakerOpen', 1),
    hostUp: () => process.set('breakerOpen', 0),
    ticksSkipped: (job, count) => jobs.add('ticksSkipped', job, count),
    reloaded: (isSuccessful) => process.set('reloadSuccessful', isSuccessful ? 1 : 0),
    contentType: Registry.PROMETHEUS_CONTENT_TYPE,
    // Who asks while the text is being written gets the same one.
    text: () => {
      writing ??= write().finally(() => {
        writing = undefined;
      });
      return writing;
    },
  };
}

/**
 * Milliseconds between two measurements of the event loop's lag, which Node.js counts as a part of it. Each wakes the
 * process: every 10 ms, as is usual, an idle daemon would do little else.
 */
const LAG_INTERVAL = 100;

/** What there is one of in a process, prom-client's own metrics of it included. */
class ProcessMetrics {
  readonly #registry = new Registry();

  constructor() {
    for (const metric of Object.values(PROCESS_METRICS)) instrumentOf(metric, this.#registry);
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LAG_INTERVAL });
    this.set('reloadSuccessful', 1);
  }

  set(key: keyof typeof PROCESS_METRICS, value: number): void {
    const instrument = this.#registry.getSingleMetric(PROCESS_METRICS[key].name);
    if (instrument instanceof Gauge) instrument.set(value);
    else if (instrument instanceof Counter) {
      instrument.reset();
      instrument.inc(value);
    }
  }

  async text(): Promise<Buffer> {
    return Buffer.from(await this.#registry.metrics());
  }
}

type JobShards = ReturnType<typeof jobShards>;

async function takeOver(jobs: JobShards, gauges: Iterable<JobGauges>, turns: Turns): Promise<void> {
  for (const { name, ...gauge } of gauges) {
    jobs.set('deadLetters', name, gauge.deadLetters);
    jobs.set('pendingRecords', name, gauge.pendingRecords);
    jobs.set('collectedTo', name, inSeconds(gauge.collectedTo));
    jobs.set('lastSuccess', name, inSeconds(gauge.lastSuccess));
    jobs.set('nextRun', name, inSeconds(gauge.nextRun));
    const { running } = gauge;
    jobs.set('runStarted', name, inSeconds(running?.since));
    jobs.set('runWorkOwed', name, running?.work?.owed);
    jobs.set('runWorkDone', name, running?.work?.done);
    jobs.set('runRows', name, running?.rows);
    jobs.set('runRecords', name, running?.records);
    setVerification(jobs, name, gauge.verification);
    await turns.yield();
  }
}

function setVerification(
  jobs: JobShards,
  name: string,
  verification: RememberedVerification | undefined,
): void {
  const differences = verification && differencesOf(verification.outcome);
  jobs.set('verificationDifferences', name, differences);
  jobs.set('verificationSuccessful', name, verification && (differences === undefined ? 0 : 1));
  jobs.set('lastVerification', name, inSeconds(verification?.endedAt));
}

const inSeconds = (time: number | undefined): number | undefined =>
  time === undefined ? undefined : time / 1_000;

function countRun(jobs: JobShards, { job, outcome, startedAt, endedAt, ...counts }: RunResult): void {
  jobs.add('runs', job, 1, outcome);
  // A clock that was set back meanwhile makes no negative duration.
  const seconds = Math.max(0, endedAt - startedAt) / 1_000;
  if (outcome !== 'skipped') jobs.observe('runDuration', job, seconds);
  for (const counted of ['rows', 'records', 'unchanged', 'vanished'] as const)
    jobs.add(counted, job, counts[counted]);
}
