import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SMALL_STEP } from '../../src/calendar/durations.ts';
import {
  DAY,
  HOUR,
  job,
  MINUTE,
  type OpenRun,
  plan,
  ScheduledWorld,
  SECOND,
  START,
} from './scheduled-world.ts';

/** Schedules whose ticks are the multiples of a time, so that a model needs no calendar. */
const SCHEDULES = [
  { schedule: '*/10 * * * *', every: 10 * MINUTE },
  { schedule: '0 * * * *', every: HOUR },
  { schedule: '0 */6 * * *', every: 6 * HOUR },
  { schedule: '0 0 * * *', every: DAY },
];
const STEPS = [MINUTE, 3 * MINUTE, 10 * MINUTE, HOUR, 12 * HOUR, 13 * HOUR, 2 * DAY];
const EACH = 20 * SECOND;

const eventsOf = (restarts: fc.Arbitrary<boolean>) =>
  fc.record({
    of: fc.constantFrom(...SCHEDULES),
    events: fc.array(
      fc.record({
        step: fc.constantFrom(0, ...STEPS, ...STEPS.map((step) => -step)),
        restarts,
        wait: fc.constantFrom(EACH, 7 * MINUTE, 50 * MINUTE, 3 * HOUR),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  });

/** What should run: every tick that comes, the latest of several, none a second time that came at its time. */
class Model {
  readonly runs: number[] = [];
  readonly #every: number;
  #time = START;
  /** Ticks up to here have had their turn, or are none of ours. */
  #from = START;
  #served = new Set<number>();

  constructor(every: number) {
    this.#every = every;
  }

  step(now: number): void {
    if (now < this.#time - SMALL_STEP) [this.#time, this.#from] = [now, now];
    this.#forgetWhatStopsTheJob();
    if (now < this.#time) return;
    const latest = this.#passed(now);
    if (latest === undefined) return;
    // What is forgotten is what was done under the wrong clock, not the tick that has its turn now.
    this.#forgetWhatStopsTheJob();
    if (now - latest <= MINUTE) this.#served.add(latest);
  }

  /** @param starts of all runs, as they came; those still to come tell which ticks had their turn */
  restart(now: number, starts: readonly number[]): void {
    this.#time = now;
    this.#from = servedUpTo(now, starts) ?? now;
    const ofWrongClock = starts.filter((start) => start > now + SMALL_STEP);
    const ticks = ofWrongClock.map((start) => [start, this.#after(start) - this.#every] as const);
    this.#served = new Set(ticks.flatMap(([start, tick]) => (start - tick < MINUTE ? [tick] : [])));
    this.#forgetWhatStopsTheJob();
    this.#passed(now);
    this.#forgetWhatStopsTheJob();
  }

  /** Runs the latest tick that has come. */
  #passed(now: number): number | undefined {
    const due = [];
    for (let tick = this.#after(this.#from); tick <= now; tick += this.#every)
      if (!this.#served.has(tick)) due.push(tick);
    this.#time = now;
    this.#from = Math.max(this.#from, now);
    const latest = due.at(-1);
    if (latest !== undefined) this.runs.push(latest);
    return latest;
  }

  #after(time: number): number {
    return (Math.floor(time / this.#every) + 1) * this.#every;
  }

  #forgetWhatStopsTheJob(): void {
    const first = this.#after(this.#from);
    let next = first;
    while (this.#served.has(next)) next += this.#every;
    if (next - first > HOUR && this.#every <= HOUR) this.#served = new Set();
  }
}

/** When the last run began; where a wrong clock said that, the newest time of a run that is not to come. */
function servedUpTo(now: number, starts: readonly number[]): number | undefined {
  const last = starts.at(-1);
  if (last === undefined || last <= now + SMALL_STEP) return last;
  const before = starts.filter((start) => start <= now);
  return before.length === 0 ? undefined : Math.max(...before);
}

test('with a clock that is set back and forth, what should run runs, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(eventsOf(fc.constant(false)), async ({ of: { schedule, every }, events }) => {
      const world = new ScheduledWorld();
      const model = new Model(every);
      world.use(plan([job('a', schedule)]));
      for (const { step, wait } of events) {
        world.now += step;
        for (let waited = 0; waited < wait; waited += EACH) {
          world.pass(EACH, EACH);
          model.step(world.now);
          if (world.open.size > 0) await world.end('a');
        }
        const { nextTick } = world.scheduler.status('a') ?? {};
        expect(nextTick, 'the next tick is one').toBe(Math.ceil((nextTick ?? 0) / every) * every);
      }
      expect(world.runs.map(({ tick }) => tick)).toEqual(model.runs);
    }),
    { numRuns: 150 },
  );
});

test('with restarts in between, what should run runs, no job stands still, and what ran at a time to come does not again', async () => {
  await fc.assert(
    fc.asyncProperty(eventsOf(fc.boolean()), async ({ of: { schedule, every }, events }) => {
      const model = new Model(every);
      let world = new ScheduledWorld();
      world.use(plan([job('a', schedule)]));
      const runs = [...world.runs];
      for (const { step, restarts, wait } of events) {
        world.now += step;
        if (restarts) {
          const starts = runs.map(({ at }) => at);
          world = restarted(world.now, schedule, starts);
          model.restart(world.now, starts);
          await endAll(world, runs);
        }
        for (let waited = 0; waited < wait; waited += EACH) {
          world.pass(EACH, EACH);
          model.step(world.now);
          await endAll(world, runs);
        }
        const { nextTick = Infinity } = world.scheduler.status('a') ?? {};
        expect(nextTick % every, 'the next tick is one').toBe(0);
        const ahead = runs.filter(({ at }) => at > world.now).length;
        expect(nextTick - world.now, 'the job does not stand still').toBeLessThanOrEqual(
          SMALL_STEP + every + Math.min(ahead * every, every <= HOUR ? HOUR : Infinity),
        );
      }
      expect(runs.map(({ tick }) => tick)).toEqual(model.runs);
    }),
    { numRuns: 300 },
  );
});

function restarted(now: number, schedule: string, starts: readonly number[]): ScheduledWorld {
  const world = new ScheduledWorld();
  world.now = now;
  const later = starts.filter((start) => start > now).sort((one, other) => one - other);
  world.scheduler.replace(
    plan([job('a', schedule)]),
    now,
    () => servedUpTo(now, starts),
    () => later,
  );
  return world;
}

/** Ends what runs, and notes it. */
async function endAll(world: ScheduledWorld, runs: OpenRun[]): Promise<void> {
  for (const run of [...world.open]) {
    runs.push(run);
    await world.end(run.name);
  }
}
