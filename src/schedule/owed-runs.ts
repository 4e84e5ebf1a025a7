import { MINUTE } from '../calendar/durations.ts';
import type { JobState, OwedRun } from './job-state.ts';
import type { RunCause, SchedulePlan, SchedulerSettings } from './scheduler-interface.ts';
import type { TickPlanner } from './tick-planner.ts';

/** Items in the order of their times; those of one time in the order in which they came. A binary heap. */
export class TickQueue<Item> {
  readonly #heap: Entry<Item>[] = [];
  #count = 0;

  push(at: number, item: Item): void {
    this.#heap.push({ at, order: this.#count++, item });
    this.#rise(this.#heap.length - 1);
  }

  /** Takes out the first item if its time is not after `now`. */
  takeDue(now: number): { readonly at: number; readonly item: Item } | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) {
      this.#heap[0] = last;
      this.#sink();
    }
    return first;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #rise(from: number): void {
    for (let index = from; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (!this.#swapUnlessOrdered(parent, index)) return;
      index = parent;
    }
  }

  #sink(): void {
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const child = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#swapUnlessOrdered(index, child)) return;
      index = child;
    }
  }

  #swapUnlessOrdered(parent: number, child: number): boolean {
    const [upper, lower] = [this.#heap[parent], this.#heap[child]];
    if (upper === undefined || lower === undefined || !this.#isBefore(child, parent)) return false;
    this.#heap[parent] = lower;
    this.#heap[child] = upper;
    return true;
  }

  #isBefore(index: number, other: number): boolean {
    const [one, two] = [this.#heap[index], this.#heap[other]];
    if (one === undefined || two === undefined) return false;
    return one.at < two.at || (one.at === two.at && one.order < two.order);
  }
}

interface Entry<Item> {
  readonly at: number;
  readonly order: number;
  readonly item: Item;
}

/** Something that happens to a job at a time: its tick, or the start of a run that was put off. */
interface Due {
  readonly state: JobState;
  /** The run that was put off; undefined for a tick. */
  readonly owed: OwedRun | undefined;
}

/** Who is told when a run that is owed is due. */
type OnDue = (state: JobState, owed: OwedRun, now: number) => void;

/**
 * What is owed: ticks make runs owed, which are put off until they are due, or are skipped or missed, which is told.
 */
export class OwedRuns {
  readonly #ticks: TickPlanner;
  readonly #settings: Pick<SchedulerSettings, 'random' | 'observer'>;
  readonly #isDue: OnDue;
  readonly #due = new TickQueue<Due>();
  #missedRuns: SchedulePlan['missedRuns'] = 'run_once';

  constructor(ticks: TickPlanner, settings: Pick<SchedulerSettings, 'random' | 'observer'>, isDue: OnDue) {
    this.#ticks = ticks;
    this.#settings = settings;
    this.#isDue = isDue;
  }

  setMissedRuns(missedRuns: SchedulePlan['missedRuns']): void {
    this.#missedRuns = missedRuns;
  }

  /** Deals with all ticks and starts up to a time. */
  handleDue(now: number): void {
    for (let due = this.#due.takeDue(now); due; due = this.#due.takeDue(now)) {
      const { state, owed } = due.item;
      if (owed === undefined) this.#handleTick(state, due.at, now);
      else if (owed === state.owed && owed.waitingSince === undefined) this.#handleStart(state, owed, now);
    }
  }

  owe(state: JobState, tick: number, cause: RunCause, dueAt: number, now: number): void {
    const owed = { tick, cause, dueAt, waitingSince: undefined };
    state.owed = owed;
    if (dueAt <= now) this.#isDue(state, owed, now);
    else this.#due.push(dueAt, { state, owed });
  }

  /**
   * Makes up, where that is wanted, for the ticks of a job from its next one to `now`, which came while nobody was
   * there.
   */
  makeUp(state: JobState, now: number): void {
    if (state.nextTick === undefined || state.nextTick > now) return;
    const passed = this.#ticks.passed(state, state.nextTick, now);
    state.nextTick = passed?.next;
    if (passed === undefined) return;
    const { latest, count } = passed;
    const runsOnce = this.#missedRuns === 'run_once';
    this.#miss(state, latest, runsOnce ? count - 1 : count);
    if (runsOnce) this.owe(state, latest, 'missed', now, now);
  }

  /** Notes anew what is to happen, and when. */
  refill(jobs: Iterable<JobState>): void {
    this.#due.clear();
    for (const state of jobs) {
      const { nextTick, owed } = state;
      if (nextTick !== undefined) this.#due.push(nextTick, { state, owed: undefined });
      if (owed !== undefined && owed.waitingSince === undefined) this.#due.push(owed.dueAt, { state, owed });
    }
  }

  #handleTick(state: JobState, tick: number, now: number): void {
    const passed = this.#ticks.passed(state, tick, now);
    state.nextTick = passed?.next;
    if (passed === undefined) return;
    const { latest, count, next } = passed;
    if (now - latest <= MINUTE) state.served.note(latest, count === 1);
    else state.served.interrupt();
    if (next !== undefined) this.#due.push(next, { state, owed: undefined });
    if (state.run !== undefined || state.owed !== undefined) this.#passOver(state, latest, count);
    else if (this.#isTooOld(latest, now)) this.#miss(state, latest, count);
    else {
      this.#miss(state, latest, count - 1);
      const jitter = Math.floor(this.#settings.random() * state.job.jitter);
      this.owe(state, latest, 'tick', Math.max(latest + jitter, state.pausedUntil), now);
    }
  }

  #handleStart(state: JobState, owed: OwedRun, now: number): void {
    if (!this.#isTooOld(Math.max(owed.dueAt, owed.tick ?? -Infinity), now)) {
      this.#isDue(state, owed, now);
      return;
    }
    state.owed = undefined;
    // Ticks that came during a run are counted already.
    this.#miss(state, owed.tick ?? owed.dueAt, owed.cause === 'passed-over' ? 0 : 1);
  }

  /** With `skip`, what was due while the machine slept does not run. */
  #isTooOld(dueAt: number, now: number): boolean {
    return this.#missedRuns === 'skip' && now - dueAt > MINUTE;
  }

  #passOver(state: JobState, latest: number, count: number): void {
    const because = state.run === undefined ? 'waiting' : 'running';
    if (state.owed === undefined) state.passedOver = latest;
    else standFor(state.owed, latest);
    state.ticksSkipped += count;
    this.#settings.observer.ticksSkipped(state.job.name, { latest, count, because });
  }

  #miss(state: JobState, latest: number, count: number): void {
    if (count === 0) return;
    state.ticksMissed += count;
    this.#settings.observer.ticksMissed(state.job.name, { latest, count });
  }
}

/** What was only to be delivered becomes the whole run of the tick. */
function standFor(owed: OwedRun, tick: number): void {
  owed.tick = tick;
  if (owed.cause === 'pending') owed.cause = 'tick';
}
