import type { Mode } from '../../src/model/mode.ts';
import { type EpisodeReport, runEpisode } from './episode.ts';
import {
  BAD_ROWS,
  CLOCK_FAULTS,
  type Database,
  databaseFaults,
  FOREIGN_FILE,
  type Happening,
  killPhases,
  LOST_RECORDS,
  ROW_EVENTS,
  RUN_EVENTS,
  WRITE_FAULTS,
} from './fault-kinds.ts';
import { canBeForeign } from './foreign-file.ts';
import { type STATES, startStateKeeper } from './kept-state.ts';
import { type EpisodePlan, Planner } from './plan.ts';
import { startSourceServer } from './source-server.ts';

export interface CampaignOptions {
  readonly seed: number;
  readonly modes: readonly Mode[];
  readonly databases: readonly Database[];
  /** What keeps the collector's state. */
  readonly state: (typeof STATES)[number];
  /** Path of the built program's main.js. */
  readonly program: string;
  /** Happenings that are left out of the plan. */
  readonly without: readonly string[];
  /** Of each database, only this episode. */
  readonly only: number | undefined;
  /** Asked before each episode of a database. @param played how many episodes of it there were */
  readonly goesOn: (report: CampaignReport, played: number, database: Database) => boolean;
  readonly tell: (line: string) => void;
}

export interface CampaignReport {
  readonly counts: ReadonlyMap<Happening, number>;
  readonly episodes: number;
  readonly runs: number;
  readonly kills: number;
  readonly failures: readonly EpisodeReport[];
}

/** Plays episodes on all databases at once. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const campaign = new Campaign(options);
  await Promise.all(options.databases.map((database) => campaign.play(database)));
  return campaign;
}

class Campaign implements CampaignReport {
  readonly counts = new Map<Happening, number>();
  readonly failures: EpisodeReport[] = [];
  episodes = 0;
  runs = 0;
  readonly #options: CampaignOptions;

  constructor(options: CampaignOptions) {
    this.#options = options;
  }

  get kills(): number {
    return [...this.counts].reduce(
      (sum, [what, count]) => (what.startsWith('killed while') ? sum + count : sum),
      0,
    );
  }

  async play(database: Database): Promise<void> {
    const { seed, modes, without, only, program, goesOn } = this.#options;
    const planner = new Planner(seed, database, modes, without);
    const [server, states] = [await startSourceServer(database), await startStateKeeper(this.#options.state)];
    try {
      for (let played = 0; goesOn(this, played, database); played += 1) {
        let plan = planner.next();
        while (only !== undefined && plan.index < only) plan = planner.next();
        this.#note(
          await runEpisode(plan, server, states, program).catch((error: unknown) =>
            brokenHarness(plan, error),
          ),
        );
        if (only !== undefined) break;
      }
    } finally {
      await Promise.all([server.stop(), states.stop()]);
    }
  }

  #note(report: EpisodeReport): void {
    this.episodes += 1;
    this.runs += report.runs;
    for (const what of report.happenings) this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
    const { index, mode, database, variant } = report.plan;
    const name = `episode ${index} (${mode} ${variant}, ${database})`;
    const isRight = report.differences.length === 0;
    if (!isRight) this.failures.push(report);
    this.#options.tell(
      isRight ? `${name}: ${report.runs} runs, all is right` : failureText(name, report, this.#options),
    );
  }
}

function brokenHarness(plan: EpisodePlan, error: unknown): EpisodeReport {
  const text = error instanceof Error ? error.stack : String(error);
  return {
    plan,
    happenings: [],
    runs: 0,
    history: [],
    folder: 'none',
    differences: [`the harness itself failed: ${text}`],
  };
}

function failureText(
  name: string,
  { history, differences, folder, plan }: EpisodeReport,
  { seed, modes, without, state }: CampaignOptions,
): string {
  const scope = `--mode ${modes.join(',')}${without.length > 0 ? ` --without '${without.join(',')}'` : ''}`;
  return [
    `${name} FAILED; again:`,
    `  npm run faults -- --seed ${seed} ${scope} --database ${plan.database} --state ${state} --episode ${plan.index}`,
    ...history.map((line, index) => `  run ${index + 1}: ${line}`),
    ...differences.map((line) => `  ${line}`),
    `  files: ${folder}`,
  ].join('\n');
}

/** Everything that has to happen at least once, with these modes and databases. */
export function everyHappening({
  modes,
  databases,
  without,
}: Pick<CampaignOptions, 'modes' | 'databases' | 'without'>): readonly Happening[] {
  const all: Happening[] = [
    ...WRITE_FAULTS,
    ...databases.flatMap(databaseFaults),
    ...databases.flatMap(killPhases).map((phase) => `killed while ${phase}` as const),
    ...modes.flatMap((mode): readonly Happening[] => ROW_EVENTS[mode]),
    ...RUN_EVENTS,
    ...(modes.includes('window') ? ([LOST_RECORDS] as const) : []),
    ...CLOCK_FAULTS,
    ...(databases.some(canBeForeign) ? ([FOREIGN_FILE] as const) : []),
    ...BAD_ROWS.map((kind) => `bad row: ${kind}` as const),
  ];
  return [...new Set(all)].filter((what) => !without.includes(what.replace('bad row: ', '')));
}
