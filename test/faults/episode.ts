import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Ended } from './collector-process.ts';
import { checkEnd, checkLeases, checkRivals } from './exit-codes.ts';
import { type Happening, LOST_RECORDS, POOLER_DIED } from './fault-kinds.ts';
import type { StateKeeper } from './kept-state.ts';
import type { Differences } from './model.ts';
import { type EpisodePlan, NOTHING_DONE, type RoundPlan } from './plan.ts';
import { Random } from './random.ts';
import { runRound } from './round.ts';
import type { SourceServer } from './source-server.ts';
import { Stage } from './stage.ts';

export interface EpisodeReport {
  readonly plan: EpisodePlan;
  readonly happenings: readonly Happening[];
  readonly runs: number;
  /** Empty: all is as it should be. */
  readonly differences: Differences;
  /** What was done and what came of it, a line for each run. */
  readonly history: readonly string[];
  /** Kept when something differs. */
  readonly folder: string;
}

/**
 * One source, one data set, one state: several runs to which things are done, then one that must put everything right.
 */
export async function runEpisode(
  plan: EpisodePlan,
  server: SourceServer,
  states: StateKeeper,
  program: string,
): Promise<EpisodeReport> {
  const stage = await Stage.set(plan, server, states, program);
  const episode = new Episode(stage, program);
  let report: EpisodeReport | undefined;
  try {
    report = await episode.play();
    if (report.differences.length > 0)
      writeFileSync(join(stage.folder, 'report.json'), JSON.stringify(report, null, 2));
    return report;
  } finally {
    await stage.clear(report?.differences.length !== 0);
  }
}

/** Exit codes of a replay that came to its end. */
const REPLAYED: readonly (number | null)[] = [0, 7];

/** Sends again what was refused, undisturbed. */
const REPLAY: RoundPlan = { ...NOTHING_DONE, command: 'replay' };

/** Compares the data set with the source, undisturbed. */
const VERIFICATION: RoundPlan = { ...NOTHING_DONE, command: 'verify' };
/** How often it is repaired beside a run, before it is without one. */
const KILLED_REPAIRS = 2;
/** Milliseconds, about. */
const LONGEST_REPAIR = 1_000;
const ANY_TIME = { aim: 'any time', at: 0, bytes: 0, signal: 'SIGKILL' } as const;

const ONLY_EXTRA = /^rows: differs from the source in \d+ records?: \d+ extra;/;
/** Characters of what it printed. */
const MOST_TOLD = 2_000;

interface RunReport {
  readonly ended: Ended;
  readonly happenings: readonly Happening[];
  readonly differences: Differences;
}

class Episode {
  readonly #stage: Stage;
  readonly #program: string;
  readonly #happenings: Happening[] = [];
  readonly #history: string[] = [];
  #firstRunAt = 0;

  constructor(stage: Stage, program: string) {
    this.#stage = stage;
    this.#program = program;
  }

  async play(): Promise<EpisodeReport> {
    const { plan, folder } = this.#stage;
    const differences = await this.#differences();
    const { badRows } = plan;
    if (differences.length === 0)
      this.#happenings.push(...badRows.map((kind) => `bad row: ${kind}` as const));
    return {
      plan,
      folder,
      differences,
      happenings: this.#happenings,
      history: this.#history,
      runs: this.#history.length,
    };
  }

  async #differences(): Promise<Differences> {
    for (const round of this.#stage.plan.rounds) {
      const { differences } = await this.#run(round);
      if (differences.length > 0) return differences;
    }
    await this.#stage.writers.repair();
    await delay(this.#stage.model.settling);
    const { differences, ended } = await this.#lastRun();
    if (differences.length > 0) return differences;
    // Whatever is only an older version of what has arrived must not come back.
    const replay = await this.#run(REPLAY);
    if (replay.differences.length > 0) return replay.differences;
    const again = await this.#asPeopleAreTold();
    if (again.length > 0) return again;
    const left = await this.#final(ended);
    if (left.length > 0) return left;
    const unverified = await this.#verified();
    return unverified.length > 0 || this.#stage.plan.mode === 'snapshot' ? unverified : this.#repaired(ended);
  }

  /** Collects again what the program says only a person has collected again. */
  async #asPeopleAreTold(): Promise<Differences> {
    const facts = await this.#stage.facts(this.#firstRunAt);
    for (const day of this.#stage.model.leftToPeople?.(facts) ?? []) {
      const { differences } = await this.#run({ ...NOTHING_DONE, day });
      if (differences.length > 0) return differences;
    }
    return [];
  }

  /** Lost records are repaired beside runs, and both are killed: what is called right is right, and in the end all is. */
  async #repaired(lastRun: Ended): Promise<Differences> {
    const random = new Random(this.#stage.plan.seed);
    for (let round = 0; round <= KILLED_REPAIRS; round++) {
      await this.#stage.lose(random.whole(2, 9), () => true);
      const isLast = round === KILLED_REPAIRS;
      const plan: RoundPlan = {
        ...NOTHING_DONE,
        command: 'repair',
        kill: isLast ? undefined : { ...ANY_TIME, delay: random.next() * LONGEST_REPAIR },
        rival: isLast ? undefined : random.whole(0, LONGEST_REPAIR / 2),
      };
      await this.#stage.state.letLeasesEnd();
      const { ends, happenings, line } = await runRound(this.#stage, this.#program, plan);
      this.#history.push(line);
      this.#happenings.push(...happenings);
      const [{ code, text }] = ends;
      if (isLast && code !== 0) return [`verify --repair ended with ${code}: ${text.slice(0, MOST_TOLD)}`];
      if (code !== 0) continue;
      const left = await this.#final(lastRun);
      if (left.length > 0) return ['verify --repair has called right:', ...left];
    }
    return [];
  }

  /** What the program itself says of its data set, once it is known that all is as it should be. */
  async #verified(): Promise<Differences> {
    const { ends } = await runRound(this.#stage, this.#program, VERIFICATION);
    const [{ code, text }] = ends;
    // Of earlier snapshots of the same period the data set keeps what the source has no more.
    const { mode } = this.#stage.plan;
    if (mode === 'snapshot' && ONLY_EXTRA.test(text)) return [];
    return code === 0
      ? []
      : [`verify ended with ${code} although nothing differs: ${text.slice(0, MOST_TOLD)}`];
  }

  /** The run that nothing is done to; once more where the pooler could not know that. */
  async #lastRun(): Promise<RunReport> {
    for (;;) {
      const report = await this.#run(undefined);
      if (!report.happenings.includes(POOLER_DIED)) return report;
    }
  }

  async #run(plan: RoundPlan | undefined): Promise<RunReport> {
    const { host, model } = this.#stage;
    const isReplay = plan?.command === 'replay';
    await this.#stage.state.letLeasesEnd();
    const { deadLetters, mustEmpty } = await this.#stage.state.facts();
    if (plan?.loss !== undefined && (await this.#stage.lose(plan.loss)) > 0)
      this.#happenings.push(LOST_RECORDS);
    const { ends, happenings, signal, line } = await runRound(this.#stage, this.#program, plan);
    const [ended, ...rivals] = ends;
    this.#firstRunAt ||= ended.startedAt;
    this.#history.push(line);
    this.#happenings.push(...happenings);
    if (isReplay && deadLetters.length > 0 && REPLAYED.includes(ended.code))
      this.#happenings.push('dead letters replayed');
    const facts = await this.#stage.facts(this.#firstRunAt);
    const hasBadRows = this.#stage.plan.badRows.length > 0;
    const hurried = [...(plan?.databaseFault ? [4] : []), ...(plan?.writeFaults.length ? [5] : [])];
    const circumstances = {
      happenings,
      hurried,
      hasBadRows,
      hasRival: rivals.length > 0,
      isWithheld: isReplay && mustEmpty,
      isOvertaken: isReplay && deadLetters.some((letter) => letter.isOvertaken),
    };
    const differences = [
      ...checkEnd(ended, { ...circumstances, signal }),
      ...rivals.flatMap((rival) => checkEnd(rival, { ...circumstances, signal: undefined })),
      ...checkRivals(ends),
      // A replay of nothing takes no lease, and so finds none to take over.
      ...(isReplay ? [] : checkLeases(ends, facts.state.leases)),
      ...facts.state.damage.map((fault) => `the state file is damaged: ${fault}`),
      ...this.#stage.harm(),
      ...model.standing(facts),
      ...host.violations,
    ];
    return { ended, happenings, differences };
  }

  async #final(lastRun: Ended): Promise<Differences> {
    const facts = { ...(await this.#stage.facts(this.#firstRunAt)), lastRun };
    const { pending, leases } = facts.state;
    return [
      ...(pending > 0 ? [`${pending} pending snapshots and batches are left`] : []),
      ...(leases > 0 ? [`${leases} leases are left`] : []),
      ...this.#stage.model.final(facts),
    ];
  }
}
