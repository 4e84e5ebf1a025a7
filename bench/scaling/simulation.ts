import { SECOND } from '../../src/calendar/durations.ts';
import { TickQueue } from '../../src/schedule/owed-runs.ts';
import type { SchedulePlan } from '../../src/schedule/scheduler-interface.ts';
import { Random } from '../../test/faults/random.ts';
import { Ledger } from './ledger.ts';
import { ModelledQueue, type ModelledRun } from './modelled-queue.ts';
import type { QueueCosts } from './queue-costs.ts';
import { SimulatedReplica } from './simulated-replica.ts';
import { someWork } from './simulated-runs.ts';

export interface SimulationSettings {
  readonly plan: SchedulePlan;
  readonly replicas: number;
  readonly costs: QueueCosts;
  /** Half of all queries take less, milliseconds. */
  readonly queryMiddle: number;
  /** From a replica to the database and back, milliseconds. */
  readonly roundTrip: number;
  readonly seed: number;
  /** Of the ticks; epoch milliseconds. What is due by the end still runs. */
  readonly from: number;
  readonly until: number;
}

export interface SimulationResult {
  readonly runs: readonly ModelledRun[];
  readonly ledger: Ledger;
  /** Milliseconds that each replica's processor worked on runs. */
  readonly busy: readonly number[];
  /** Claims that waited longer for the lock than the program lets them. */
  readonly lockTimeouts: number;
  /** The most runs that went on at a time, of all and of any database. */
  readonly most: { readonly runs: number; readonly ofDatabase: number };
  readonly until: number;
}

/** Longest wait for the lock of those who claim, as `shared-database.ts` has it. */
export const LOCK_TIMEOUT = 10 * SECOND;

/** Time, the database and the runs of a simulated cluster: what the replicas share. */
export class Simulation {
  readonly settings: SimulationSettings;
  readonly queue = new ModelledQueue();
  readonly ledger = new Ledger();
  readonly #events = new TickQueue<() => void>();
  readonly #random: Random;
  readonly #waiters: { readonly since: number; readonly take: (waited: number) => void }[] = [];
  readonly #ofDatabase = new Map<string, number>();
  #isLocked = false;
  #most = { runs: 0, ofDatabase: 0 };
  #lockTimeouts = 0;
  now: number;

  constructor(settings: SimulationSettings) {
    this.settings = settings;
    this.now = settings.from;
    this.#random = new Random(settings.seed);
  }

  run(): SimulationResult {
    const { replicas: count, until } = this.settings;
    const replicas = Array.from({ length: count }, () => new SimulatedReplica(this));
    for (const replica of replicas) this.after(this.#random.next() * SECOND, () => replica.step());
    for (let event = this.#events.takeDue(Infinity); event; event = this.#events.takeDue(Infinity)) {
      this.now = event.at;
      if (this.now > until && this.queue.isEmpty(this.now)) break;
      event.item();
    }
    return {
      runs: [...this.queue.runs.values()].filter(({ tick }) => tick < until),
      ledger: this.ledger,
      busy: replicas.map(({ busy }) => busy),
      lockTimeouts: this.#lockTimeouts,
      most: this.#most,
      until: this.now,
    };
  }

  after(pause: number, event: () => void): void {
    this.#events.push(this.now + pause, event);
  }

  /** @param take what is done with the lock held; gives how long that lasts @param then when it is free again */
  withLock(take: () => number, then: () => void, onTimeout: () => void): void {
    const held = (waited: number): void => {
      if (waited > LOCK_TIMEOUT) {
        this.#lockTimeouts++;
        onTimeout();
        return;
      }
      const lasts = take();
      this.ledger.add(this.now, { locked: lasts });
      this.after(lasts, () => {
        this.#release();
        then();
      });
    };
    if (this.#isLocked) this.#waiters.push({ since: this.now, take: held });
    else {
      this.#isLocked = true;
      held(0);
    }
  }

  work() {
    return someWork(this.#random, this.settings.queryMiddle);
  }

  started(run: ModelledRun): void {
    const ofDatabase = (this.#ofDatabase.get(run.database) ?? 0) + 1;
    this.#ofDatabase.set(run.database, ofDatabase);
    this.#most = {
      runs: Math.max(this.#most.runs, this.queue.active.size),
      ofDatabase: Math.max(this.#most.ofDatabase, ofDatabase),
    };
  }

  ended(run: ModelledRun): void {
    this.#ofDatabase.set(run.database, (this.#ofDatabase.get(run.database) ?? 0) - 1);
    this.queue.end(run);
  }

  /** To whoever has waited longest; those who have grown tired meanwhile are told so. */
  #release(): void {
    this.#isLocked = false;
    for (let next = this.#waiters.shift(); next; next = this.#waiters.shift()) {
      const waited = this.now - next.since;
      this.#isLocked = waited <= LOCK_TIMEOUT;
      next.take(waited);
      if (this.#isLocked) return;
    }
  }
}
