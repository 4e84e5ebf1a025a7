import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Ended } from './collector-process.ts';
import { checkEnd, checkLeases, checkRivals } from './exit-codes.ts';
import type { Happening } from './fault-kinds.ts';
import type { Differences } from './model.ts';
import type { EpisodePlan, RoundPlan } from './plan.ts';
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

/** One source, one data set, one state: several runs to which things are done, then one that must put everything right. */
export async function runEpisode(
  plan: EpisodePlan,
  server: SourceServer,
  program: string,
): Promise<EpisodeReport> {
  const stage = await Stage.set(plan, server, program);
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
    const { differences, ended } = await this.#run(undefined);
    return differences.length > 0 ? differences : this.#final(ended);
  }

  async #run(plan: RoundPlan | undefined): Promise<{ differences: Differences; ended: Ended }> {
    const { host, model } = this.#stage;
    const { ends, happenings, signal, line } = await runRound(this.#stage, this.#program, plan);
    const [ended, ...rivals] = ends;
    this.#firstRunAt ||= ended.startedAt;
    this.#history.push(line);
    this.#happenings.push(...happenings);
    const facts = await this.#stage.facts(this.#firstRunAt);
    const hasBadRows = this.#stage.plan.badRows.length > 0;
    const hurried = [...(plan?.databaseFault ? [4] : []), ...(plan?.writeFaults.length ? [5] : [])];
    const circumstances = { happenings, hurried, hasBadRows, hasRival: rivals.length > 0 };
    const differences = [
      ...checkEnd(ended, { ...circumstances, signal }),
      ...rivals.flatMap((rival) => checkEnd(rival, { ...circumstances, signal: undefined })),
      ...checkRivals(ends),
      ...checkLeases(ends, facts.state.leases),
      ...facts.state.damage.map((fault) => `the state file is damaged: ${fault}`),
      ...model.standing(facts),
      ...host.violations,
    ];
    return { ended, differences };
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
