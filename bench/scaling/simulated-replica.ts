import { SECOND } from '../../src/calendar/durations.ts';
import { chooseRuns } from '../../src/replicas/choose-runs.ts';
import { jitterOf, runIdOf } from '../../src/replicas/run-ids.ts';
import { UpcomingTicks } from '../../src/replicas/upcoming-ticks.ts';
import type { ModelledRun } from './modelled-queue.ts';
import { costAt } from './queue-costs.ts';
import type { Simulation } from './simulation.ts';

/** Milliseconds, as `shared-engine.ts` and `tick-feed.ts` have them. */
const [POLL, GREET, SHORTEST_PAUSE, BEHIND_TICK, AHEAD] = [500, 5 * SECOND, 50, 20, 10 * SECOND];
/** Statements of a claim that takes nothing: transaction, lock, what keeps jobs from being run, what is due, commit. */
const CLAIM_STATEMENTS = 5;
/** Runs that come at the same moment are read together. */
const TOGETHER = 100;
/** Statements of a sign of life beside that of the runs. */
const GREET_STATEMENTS = 3;

/** One replica: the order of its work is that of `SharedEngine`, and what decides is the program's own. */
export class SimulatedReplica {
  readonly #simulation: Simulation;
  readonly #ticks: UpcomingTicks;
  readonly #databases: ReadonlyMap<string, string>;
  readonly #soon = new Set<number>();
  readonly #running = new Set<ModelledRun>();
  #ended: ModelledRun[] = [];
  #taken: ModelledRun[] = [];
  #greetAt = 0;
  /** When its processor has done what it has to do. */
  #freeAt = 0;
  #isPaused = false;
  /** Which pause it is; a timer of an earlier one does nothing. */
  #pauses = 0;
  #wasWoken = false;
  busy = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    const { plan, from } = simulation.settings;
    this.#databases = new Map(plan.jobs.map(({ name, database }) => [name, database]));
    this.#ticks = new UpcomingTicks((name, error) => {
      throw new Error(`${name} cannot be scheduled`, { cause: error });
    });
    this.#ticks.replace(plan.jobs, from - 1, () => undefined);
  }

  /** Looks, settles, greets and puts ticks into the queue; then claims when something is due. */
  step(): void {
    const { queue, ledger, settings, now } = this.#simulation;
    const { look, complete, greet } = settings.costs;
    this.#isPaused = false;
    this.#wasWoken = false;
    const due = queue.due(now);
    ledger.saw(now, due.length, queue.active.size);
    const looked = costAt(look, due.length);
    ledger.add(now, { statements: 1, rows: 1, database: looked.database });
    let lasts = looked.lasts;
    if (this.#ended.length > 0) {
      for (const run of this.#ended) this.#simulation.ended(run);
      const count = this.#ended.length;
      ledger.add(now, { statements: 1, rows: count, dead: count, database: complete.database });
      lasts += complete.lasts;
      this.#ended = [];
    }
    if (now >= this.#greetAt) {
      const count = this.#running.size;
      const statements = GREET_STATEMENTS + (count > 0 ? 1 : 0);
      ledger.add(now, { statements, rows: count + settings.replicas, dead: count, database: greet.database });
      lasts += greet.lasts;
      this.#greetAt = now + GREET;
    }
    const fed = this.#feed();
    this.#simulation.after(lasts + fed.lasts, () => {
      const hasRoom = queue.active.size < settings.plan.maxConcurrentRuns;
      if (hasRoom && (due.length > 0 || fed.isOneDue)) this.#claim();
      else this.#pause();
    });
  }

  /** Puts the ticks that come soon into the queue, as every replica does. */
  #feed(): { readonly lasts: number; readonly isOneDue: boolean } {
    const { queue, ledger, settings, now } = this.#simulation;
    const { add, addKnown } = settings.costs;
    const ticks = this.#ticks.take(now, Math.min(now + AHEAD, settings.until - 1));
    if (ticks.length === 0) return { lasts: 0, isOneDue: false };
    let isOneDue = false;
    let [fresh, known] = [0, 0];
    for (const { job, tick } of ticks) {
      const dueAt = tick + jitterOf(job.name, tick, job.jitter);
      const run = { id: runIdOf(job.name, tick), job: job.name, database: job.database, tick, dueAt };
      if (queue.add(run)) fresh++;
      else known++;
      this.#soon.add(dueAt);
      isOneDue ||= dueAt <= now + SECOND;
    }
    const database = fresh * add.database + known * addKnown.database;
    ledger.add(now, { statements: 1, rows: ticks.length, database });
    return { lasts: fresh * add.lasts + known * addKnown.lasts, isOneDue };
  }

  #claim(): void {
    const { plan, replicas } = this.#simulation.settings;
    const most = Math.ceil(plan.maxConcurrentRuns / replicas);
    let isMoreToTake = false;
    this.#simulation.withLock(
      () => {
        const { lasts, taken, left } = this.#choose(most);
        this.#taken.push(...taken);
        isMoreToTake = taken.length === most && left > 0;
        return lasts;
      },
      () => {
        if (isMoreToTake) this.#claim();
        else this.#begin();
      },
      () => this.#begin(),
    );
  }

  #choose(most: number) {
    const { queue, ledger, settings, now } = this.#simulation;
    const { plan, costs } = settings;
    const due = queue.due(now);
    // Another one may have taken the last place since this one looked.
    const isFull = queue.active.size >= plan.maxConcurrentRuns;
    const chosen = chooseRuns({
      due: isFull ? [] : due,
      busyDatabases: [...queue.active.values()].map(({ database }) => database),
      limits: plan,
      databaseOf: (job) => (queue.active.has(job) ? undefined : this.#databases.get(job)),
      most,
    });
    const taken: ModelledRun[] = [];
    const merged = new Set<ModelledRun>();
    for (const [first, ...others] of chosen.values()) {
      if (first === undefined) continue;
      taken.push(first);
      for (const run of [first, ...others]) merged.add(run);
      for (const run of others) run.mergedInto = first.id;
      queue.start(first);
      this.#simulation.started(first);
    }
    queue.remove(merged);
    const cost = costAt(taken.length > 0 ? costs.claimSome : costs.claimNothing, due.length);
    const statements = CLAIM_STATEMENTS + (taken.length > 0 ? 1 : 0) + (merged.size > taken.length ? 1 : 0);
    ledger.add(now, {
      statements,
      rows: Math.min(due.length, most + TOGETHER) + queue.active.size + merged.size,
      dead: merged.size,
      database: cost.database,
    });
    const lasts = cost.lasts + statements * settings.roundTrip;
    return { lasts, taken, left: due.length - merged.size };
  }

  /** Begins what was taken: the databases work side by side, the one processor of the replica on one after the other. */
  #begin(): void {
    const { now } = this.#simulation;
    for (const run of this.#taken) {
      const { query, processor } = this.#simulation.work();
      run.startedAt = now;
      this.#running.add(run);
      this.#simulation.after(query, () => {
        const at = this.#simulation.now;
        this.#freeAt = Math.max(at, this.#freeAt) + processor;
        this.busy += processor;
        this.#simulation.after(this.#freeAt - at, () => this.#end(run));
      });
    }
    this.#taken = [];
    this.#pause();
  }

  #end(run: ModelledRun): void {
    run.endedAt = this.#simulation.now;
    this.#running.delete(run);
    this.#ended.push(run);
    if (this.#isPaused) this.step();
    else this.#wasWoken = true;
  }

  #pause(): void {
    const { now } = this.#simulation;
    for (const time of this.#soon) if (time <= now) this.#soon.delete(time);
    const next = Math.min(...this.#soon) + BEHIND_TICK;
    this.#isPaused = true;
    const pause = this.#wasWoken ? 0 : Math.min(POLL, Math.max(SHORTEST_PAUSE, next - now));
    const number = ++this.#pauses;
    this.#simulation.after(pause, () => {
      if (this.#isPaused && number === this.#pauses) this.step();
    });
  }
}
