import { TickQueue } from '../schedule/owed-runs.ts';
import type { ScheduledJob } from '../schedule/scheduler-interface.ts';
import { TickCalendar } from '../schedule/tick-calendar.ts';

/** The ticks of one job that get one run. Times are epoch milliseconds. */
export interface PlannedTick {
  readonly job: ScheduledJob;
  readonly tick: number;
  /** The first of the ticks that the run stands for: `tick`, or one before it that passed unnoticed. */
  readonly first: number;
  /** How many they are; of very many at least so many. */
  readonly count: number;
}

interface Upcoming {
  readonly job: ScheduledJob;
  next: number | undefined;
}

/** The ticks of all jobs that are still to be put into the queue, in the order of their times. */
export class UpcomingTicks {
  readonly #calendar = new TickCalendar();
  readonly #cannotSchedule: (name: string, error: unknown) => void;
  readonly #queue = new TickQueue<Upcoming>();
  #jobs: ReadonlyMap<string, Upcoming> = new Map();
  readonly #problems = new Map<string, string>();

  constructor(cannotSchedule: (name: string, error: unknown) => void) {
    this.#cannotSchedule = cannotSchedule;
  }

  /** Why the ticks of a job cannot be worked out. */
  problemOf(name: string): string | undefined {
    return this.#problems.get(name);
  }

  /**
   * Jobs whose schedule stays keep their place; one that is changed ticks from `now` on; one that is new from behind
   * what is served.
   */
  replace(
    jobs: readonly ScheduledJob[],
    now: number,
    servedUpTo: (name: string) => number | undefined,
  ): void {
    const before = this.#jobs;
    this.#problems.clear();
    this.#jobs = new Map(
      jobs.map((job) => {
        const known = before.get(job.name);
        if (known !== undefined && isSameSchedule(known.job, job)) return [job.name, { ...known, job }];
        const after = known === undefined ? Math.min(servedUpTo(job.name) ?? now, now) : now;
        return [job.name, { job, next: this.#next(job, after) }];
      }),
    );
    this.#queue.clear();
    for (const upcoming of this.#jobs.values()) this.#enter(upcoming);
  }

  /** The first tick of a job after an instant. */
  nextOf(name: string, after: number): number | undefined {
    const job = this.#jobs.get(name)?.job;
    return job && this.#next(job, after);
  }

  /** Takes the ticks up to a time; of those of a job that have passed by `now`, the latest for all of them. */
  take(now: number, until: number): PlannedTick[] {
    const taken: PlannedTick[] = [];
    for (let due = this.#queue.takeDue(until); due; due = this.#queue.takeDue(until)) {
      const { item: upcoming, at: first } = due;
      const { job } = upcoming;
      const { latest, count, next } = this.#passed(job, first, now);
      taken.push({ job, tick: latest, first, count });
      upcoming.next = next;
      this.#enter(upcoming);
    }
    return taken;
  }

  /** Takes back what could not be put into the queue. */
  giveBack(ticks: readonly PlannedTick[]): void {
    for (const { job, first } of ticks) {
      const upcoming = this.#jobs.get(job.name);
      if (upcoming !== undefined && isSameSchedule(upcoming.job, job))
        upcoming.next = Math.min(upcoming.next ?? Infinity, first);
    }
    this.#queue.clear();
    for (const upcoming of this.#jobs.values()) this.#enter(upcoming);
  }

  #enter(upcoming: Upcoming): void {
    if (upcoming.next !== undefined) this.#queue.push(upcoming.next, upcoming);
  }

  #passed({ schedule = '', timezone, name }: ScheduledJob, first: number, now: number) {
    try {
      if (first <= now) return this.#calendar.passed(schedule, timezone, first, now);
      return { latest: first, count: 1, next: this.#calendar.next(schedule, timezone, first) };
    } catch (error) {
      this.#noteProblem(name, error);
      return { latest: first, count: 1, next: undefined };
    }
  }

  #next({ schedule, timezone, name }: ScheduledJob, after: number): number | undefined {
    if (schedule === undefined || this.#problems.has(name)) return undefined;
    try {
      return this.#calendar.next(schedule, timezone, after);
    } catch (error) {
      this.#noteProblem(name, error);
      return undefined;
    }
  }

  #noteProblem(name: string, error: unknown): void {
    this.#problems.set(name, error instanceof Error ? error.message : String(error));
    this.#cannotSchedule(name, error);
  }
}

const isSameSchedule = (one: ScheduledJob, other: ScheduledJob): boolean =>
  one.schedule === other.schedule && one.timezone === other.timezone;
