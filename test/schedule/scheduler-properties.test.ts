import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SMALL_STEP } from '../../src/calendar/durations.ts';
import { nextTick } from '../../src/cron/cron.ts';
import { pauseAfter } from '../../src/schedule/job-state.ts';
import type { ScheduledJob, ScheduledOutcome, SchedulePlan } from '../../src/schedule/scheduler-interface.ts';
import { DAY, job, plan, ScheduledWorld, SECOND, START } from './scheduled-world.ts';

/** What happens in a random world, one after the other. */
type Event =
  | { readonly kind: 'pass' | 'sleep' | 'set-back'; readonly seconds: number }
  | { readonly kind: 'end'; readonly pick: number; readonly outcome: ScheduledOutcome }
  | { readonly kind: 'ask'; readonly pick: number }
  | { readonly kind: 'reload'; readonly keep: number };

const seconds = (most: number) => fc.integer({ min: 1, max: most });
const events = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: seconds(8) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('end' as const),
        pick: fc.nat(),
        outcome: fc.constantFrom<ScheduledOutcome>('succeeded', 'failed', 'failed', 'skipped'),
      }),
    },
    fc.record({
      kind: fc.constant('sleep' as const),
      seconds: fc.oneof(seconds(90), seconds(900)),
    }),
    fc.record({ kind: fc.constant('set-back' as const), seconds: seconds(100) }),
    fc.record({ kind: fc.constant('ask' as const), pick: fc.nat() }),
    fc.record({ kind: fc.constant('reload' as const), keep: fc.nat() }),
  ),
  { minLength: 5, maxLength: 40 },
);

const plans = fc
  .record({
    jobs: fc.array(
      fc.record({
        schedule: fc.constantFrom('* * * * * *', '*/7 * * * * *', '* * * * *', '*/2 * * * *', undefined),
        jitter: fc.constantFrom(0, 0, 3 * SECOND, 90 * SECOND),
        database: fc.constantFrom('benefits', 'housing', 'tax'),
      }),
      { minLength: 1, maxLength: 7 },
    ),
    maxConcurrentRuns: fc.integer({ min: 1, max: 4 }),
    maxConnections: fc.constantFrom(
      new Map(),
      new Map([
        ['benefits', 1],
        ['housing', 2],
      ]),
    ),
    missedRuns: fc.constantFrom<SchedulePlan['missedRuns']>('run_once', 'skip'),
  })
  .map(({ jobs, ...limits }) =>
    plan(
      jobs.map(({ schedule, ...more }, index) => job(`job-${index}`, schedule, more)),
      limits,
    ),
  );

/** Lives through events and checks after each what must always hold. */
class Life {
  readonly world = new ScheduledWorld();
  readonly #plan: SchedulePlan;
  readonly #databases: ReadonlyMap<string, string>;
  /** Jobs whose runs and ticks can be counted: those that no reload took away. */
  readonly #lasting: Set<ScheduledJob>;
  readonly #asked = new Set<string>();
  readonly #pausedUntil = new Map<string, number>();
  readonly #waitingSince = new Map<string, number>();
  #checked = 0;
  #latest = START;

  constructor(firstPlan: SchedulePlan, dice: number) {
    this.#plan = firstPlan;
    this.#databases = new Map(firstPlan.jobs.map(({ name, database }) => [name, database]));
    this.#lasting = new Set(firstPlan.jobs);
    this.world.dice = dice;
    this.world.use(firstPlan);
  }

  async live(event: Event): Promise<void> {
    const { world } = this;
    if (event.kind === 'pass') for (let count = 0; count < event.seconds; count++) this.#step(SECOND);
    if (event.kind === 'sleep') this.#step(event.seconds * SECOND);
    if (event.kind === 'set-back') this.#step(-this.#smallStep(event.seconds * SECOND));
    if (event.kind === 'end') await this.#end(event.pick, event.outcome);
    if (event.kind === 'ask') {
      const { name = '' } = this.#plan.jobs[event.pick % this.#plan.jobs.length] ?? {};
      this.#asked.add(name);
      world.scheduler.runNow(name, world.now);
    }
    if (event.kind === 'reload') this.#reload(event.keep);
    this.#check();
  }

  /** So much of a step back as leaves all of them together a small one: after more ticks come again, and not once. */
  #smallStep(milliseconds: number): number {
    return Math.min(milliseconds, this.world.now - (this.#latest - SMALL_STEP));
  }

  #step(milliseconds: number): void {
    this.world.now += milliseconds;
    this.#latest = Math.max(this.#latest, this.world.now);
    this.world.scheduler.step(this.world.now);
    this.#check();
  }

  async #end(pick: number, outcome: ScheduledOutcome): Promise<void> {
    const run = [...this.world.open][pick % this.world.open.size];
    if (run === undefined) return;
    const failures = (this.world.scheduler.status(run.name)?.failuresInRow ?? 0) + 1;
    if (outcome === 'failed') this.#pausedUntil.set(run.name, this.#latest + pauseAfter(failures));
    await this.world.end(run.name, outcome);
  }

  #reload(keep: number): void {
    const [gone] = this.#plan.jobs.slice(keep % this.#plan.jobs.length);
    for (const lasting of this.#lasting) if (lasting === gone) this.#lasting.delete(lasting);
    if (gone !== undefined) this.#pausedUntil.delete(gone.name);
    this.world.use({ ...this.#plan, jobs: this.#plan.jobs.filter((candidate) => candidate !== gone) });
    this.#check();
    this.world.use(this.#plan);
  }

  #check(): void {
    this.#checkLimits();
    for (const run of this.world.runs.slice(this.#checked)) this.#checkStart(run.name, run.at);
    this.#checked = this.world.runs.length;
    this.#waitingSince.clear();
    for (const { name, waitingSince } of this.world.scheduler.statuses())
      if (waitingSince !== undefined) this.#waitingSince.set(name, waitingSince);
  }

  #checkLimits(): void {
    const open = [...this.world.open].map(({ name }) => name);
    expect(new Set(open).size, 'no job runs twice at a time').toBe(open.length);
    expect(open.length).toBeLessThanOrEqual(this.#plan.maxConcurrentRuns);
    const runsOn = (database?: string) =>
      open.filter((name) => this.#databases.get(name) === database).length;
    const room = (database?: string) => this.#plan.maxConnections.get(database ?? '') ?? Infinity;
    for (const database of this.#plan.maxConnections.keys())
      expect(runsOn(database)).toBeLessThanOrEqual(room(database));
    if (open.length === this.#plan.maxConcurrentRuns) return;
    for (const { name, waitingSince } of this.world.scheduler.statuses()) {
      const database = this.#databases.get(name);
      if (waitingSince !== undefined)
        expect(runsOn(database), 'nobody waits for nothing').toBe(room(database));
    }
  }

  #checkStart(name: string, at: number): void {
    const since = this.#waitingSince.get(name) ?? Infinity;
    const overtaken = this.world.scheduler
      .statuses()
      .filter((other) => this.#databases.get(other.name) === this.#databases.get(name))
      .filter(({ waitingSince = Infinity }) => waitingSince < since && waitingSince < at);
    expect(overtaken, 'first come first served').toEqual([]);
    const pausedUntil = this.#pausedUntil.get(name) ?? -Infinity;
    if (!this.#asked.has(name)) expect(Math.max(at, this.#latest)).toBeGreaterThanOrEqual(pausedUntil);
    this.#asked.delete(name);
    this.#pausedUntil.delete(name);
  }

  /** Every tick has got a run, or is counted, or has a run that is to start. */
  checkTicks(): void {
    for (const { name, schedule } of this.#lasting) {
      const status = this.world.scheduler.status(name);
      const runs = this.world.runs.filter((run) => run.name === name);
      const ticks = runs.flatMap(({ tick }) => tick ?? []);
      expect(ticks, 'no tick is run twice').toEqual([...new Set(ticks)].sort((one, other) => one - other));
      const own = runs.filter(({ cause }) => cause === 'tick' || cause === 'missed').length;
      const counted = own + (status?.ticksSkipped ?? 0) + (status?.ticksMissed ?? 0);
      const isOwed = status?.waitingSince !== undefined || status?.delayedUntil !== undefined;
      const all = countTicks(schedule, this.#latest);
      expect(all - counted).toBeGreaterThanOrEqual(0);
      expect(all - counted).toBeLessThanOrEqual(isOwed ? 1 : 0);
    }
  }
}

function countTicks(schedule: string | undefined, end: number): number {
  if (schedule === undefined) return 0;
  if (schedule === '* * * * * *') return Math.floor((end - START) / SECOND);
  let count = 0;
  for (let tick = nextTick(schedule, 'UTC', START); tick !== undefined && tick <= end; count++)
    tick = nextTick(schedule, 'UTC', tick);
  return count;
}

test('whatever happens, no job runs twice at a time, limits and turns are kept, and every tick is accounted for', async () => {
  await fc.assert(
    fc.asyncProperty(
      plans,
      events,
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (jobs, all, dice) => {
        const life = new Life(jobs, dice);
        for (const event of all) await life.live(event);
        life.checkTicks();
      },
    ),
    { numRuns: 600 },
  );
});

test('a start makes at most one run of each job, whatever it missed', () => {
  fc.assert(
    fc.property(plans, fc.integer({ min: 0, max: 5 * DAY }), (jobs, ago) => {
      const world = new ScheduledWorld();
      world.use(
        { ...jobs, maxConcurrentRuns: 100, maxConnections: new Map() },
        Object.fromEntries(jobs.jobs.map(({ name }) => [name, START - ago])),
      );
      const expected = jobs.jobs.filter(
        ({ schedule }) =>
          jobs.missedRuns === 'run_once' &&
          schedule !== undefined &&
          (nextTick(schedule, 'UTC', START - ago) ?? Infinity) <= START,
      );
      expect(world.runs.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
    }),
    { numRuns: 30 },
  );
});
