import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY, HOUR, job, MINUTE, plan, ScheduledWorld, SECOND, START } from './scheduled-world.ts';

/** Schedules whose ticks are the multiples of a time, so that a model needs no calendar. */
const SCHEDULES = [
  { schedule: '*/10 * * * *', every: 10 * MINUTE },
  { schedule: '0 * * * *', every: HOUR },
  { schedule: '0 */6 * * *', every: 6 * HOUR },
  { schedule: '0 0 * * *', every: DAY },
];
const STEPS = [MINUTE, 3 * MINUTE, 10 * MINUTE, HOUR, 12 * HOUR, 13 * HOUR, 2 * DAY];
const EACH = 20 * SECOND;

const lives = fc.record({
  of: fc.constantFrom(...SCHEDULES),
  events: fc.array(
    fc.record({
      step: fc.constantFrom(0, ...STEPS, ...STEPS.map((step) => -step)),
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
  #served = new Set<number>();

  constructor(every: number) {
    this.#every = every;
  }

  step(now: number): void {
    if (now < this.#time - 5 * MINUTE) this.#time = now;
    this.#forgetWhatStopsTheJob();
    if (now < this.#time) return;
    const due = [];
    for (let tick = this.#after(this.#time); tick <= now; tick += this.#every)
      if (!this.#served.has(tick)) due.push(tick);
    this.#time = now;
    const latest = due.at(-1);
    if (latest === undefined) return;
    this.runs.push(latest);
    if (now - latest <= MINUTE) this.#served.add(latest);
    this.#forgetWhatStopsTheJob();
  }

  #after(time: number): number {
    return (Math.floor(time / this.#every) + 1) * this.#every;
  }

  #forgetWhatStopsTheJob(): void {
    const first = this.#after(this.#time);
    let next = first;
    while (this.#served.has(next)) next += this.#every;
    if (next - first > HOUR && this.#every <= HOUR) this.#served = new Set();
  }
}

test('with a clock that is set back and forth, what should run runs, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(lives, async ({ of: { schedule, every }, events }) => {
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
