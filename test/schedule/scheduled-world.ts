import { Scheduler } from '../../src/schedule/scheduler.ts';
import type {
  RunCause,
  ScheduledJob,
  ScheduledOutcome,
  SchedulePlan,
} from '../../src/schedule/scheduler-interface.ts';

/** A run that a scheduler has started and that goes on until the test ends it. */
export interface OpenRun {
  readonly name: string;
  readonly at: number;
  readonly tick: number | undefined;
  readonly cause: RunCause;
  readonly end: (outcome: ScheduledOutcome) => void;
}

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const START = Date.parse('2026-05-04T06:00:00Z');

export const job = (name: string, schedule: string | undefined, more: Partial<ScheduledJob> = {}) => ({
  name,
  schedule,
  timezone: 'UTC',
  jitter: 0,
  database: 'benefits',
  ...more,
});

export const plan = (jobs: readonly ScheduledJob[], more: Partial<SchedulePlan> = {}): SchedulePlan => ({
  jobs,
  maxConcurrentRuns: 4,
  maxConnections: new Map(),
  missedRuns: 'run_once',
  ...more,
});

/** A scheduler in a world whose clock, dice and runs belong to the test. */
export class ScheduledWorld {
  now = START;
  dice = 0;
  readonly runs: OpenRun[] = [];
  readonly open = new Set<OpenRun>();
  readonly told: string[] = [];
  readonly scheduler = new Scheduler({
    start: (name, tick, cause) => this.#start(name, tick, cause),
    now: () => this.now,
    random: () => this.dice,
    observer: {
      ticksSkipped: (name, { count, latest, because }) =>
        this.told.push(`${name} skipped ${count} to ${clock(latest)}, ${because}`),
      ticksMissed: (name, { count, latest }) => this.told.push(`${name} missed ${count} to ${clock(latest)}`),
      startedLate: (name, tick, lag) =>
        this.told.push(`${name} of ${clock(tick)} started ${lag / SECOND} s late`),
      clockSetBack: (from, to) => this.told.push(`clock set back by ${(from - to) / HOUR} h`),
      cannotSchedule: (name, error) => this.told.push(`${name} cannot be scheduled: ${error}`),
      startThrew: (name, error) => this.told.push(`${name} threw ${error}`),
    },
  });

  /** Puts a plan into force; `lastStarts` are the times of runs before this scheduler. */
  use(newPlan: SchedulePlan, lastStarts: Readonly<Record<string, number>> = {}): void {
    this.scheduler.replace(newPlan, this.now, (name) => lastStarts[name]);
  }

  /** Lets the time pass second by second, or at once where the machine sleeps. */
  pass(milliseconds: number, each = SECOND): void {
    const end = this.now + milliseconds;
    while (this.now < end) {
      this.now = Math.min(end, this.now + each);
      this.scheduler.step(this.now);
    }
  }

  /** Ends the oldest open run of a job. */
  async end(name: string, outcome: ScheduledOutcome = 'succeeded'): Promise<void> {
    const run = [...this.open].find((candidate) => candidate.name === name);
    if (run === undefined) throw new Error(`${name} does not run`);
    run.end(outcome);
    await settled();
  }

  /** What has started: `name@time`, and the tick where it is another time. */
  started(): string[] {
    return this.runs.map(({ name, at, tick, cause }) => {
      const of = tick === undefined || tick === at ? '' : ` of ${clock(tick)}`;
      return `${name}@${clock(at)}${of}${cause === 'tick' ? '' : ` ${cause}`}`;
    });
  }

  async #start(name: string, tick: number | undefined, cause: RunCause): Promise<ScheduledOutcome> {
    const { promise, resolve } = Promise.withResolvers<ScheduledOutcome>();
    const run: OpenRun = { name, at: this.now, tick, cause, end: resolve };
    this.runs.push(run);
    this.open.add(run);
    const outcome = await promise;
    this.open.delete(run);
    return outcome;
  }
}

/** After everything that follows from a promise. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const clock = (time: number): string => new Date(time).toISOString().slice(11, 19);

/** A world with its first plan in force. */
export function worldOf(
  jobs: readonly ScheduledJob[],
  limits?: Partial<SchedulePlan>,
  lastStarts?: Readonly<Record<string, number>>,
): ScheduledWorld {
  const world = new ScheduledWorld();
  world.use(plan(jobs, limits), lastStarts);
  return world;
}
