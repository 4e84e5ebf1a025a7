import { compareRecords } from '../compare.ts';
import type { Database, Happening } from '../fault-kinds.ts';
import { startStateKeeper } from '../kept-state.ts';
import { dateAt, daysAfter, startOf } from '../london.ts';
import type { Differences, Model } from '../model.ts';
import { type EpisodePlan, NOTHING_DONE, Planner, type RoundPlan } from '../plan.ts';
import { type RoundReport, runRound } from '../round.ts';
import { startSourceServer, using } from '../source-server.ts';
import { readRows } from '../source-table.ts';
import { Stage } from '../stage.ts';
import { dateOf, recordsOf } from '../window-model.ts';
import { REACH, Service } from './service.ts';

export interface NightsPlan {
  readonly seed: number;
  readonly database: Database;
  /** What is sent of the periods that are collected again, as the job has it. */
  readonly send: 'changed' | 'all';
  readonly nights: number;
  readonly rowsPerDay: number;
  /** Runs of each night to which something is done, before the one that must put everything right. */
  readonly disturbed: number;
  /** The night before which the write API loses all that it has; undefined: it never does. */
  readonly lossBefore?: number | undefined;
  /** Path of the built program's main.js. */
  readonly program: string;
  readonly tell: (line: string) => void;
}

export interface NightsReport {
  /** Of all runs since the first night, which has everything to send. */
  readonly requests: number;
  readonly runs: number;
  readonly happenings: readonly Happening[];
  /** Of the first morning on which anything differed; empty: of none. */
  readonly differences: Differences;
  /** Kept when something differs. */
  readonly folder: string;
}

/** Milliseconds after midnight at which the job runs. */
const AT_NIGHT = 3 * 3_600_000;

/**
 * A service that is collected night after night, the last of them today: after each the data set has to be what the
 * source is.
 */
export async function runNights(plan: NightsPlan): Promise<NightsReport> {
  const [server, states] = [await startSourceServer(plan.database), await startStateKeeper('sqlite')];
  try {
    const nights = new Nights(plan);
    const stage = await Stage.set(nights.episode, server, states, plan.program, nights.model);
    let report: NightsReport | undefined;
    try {
      report = await nights.pass(stage);
      return report;
    } finally {
      await stage.clear(report?.differences.length !== 0);
    }
  } finally {
    await Promise.all([server.stop(), states.stop()]);
  }
}

class Nights {
  readonly episode: EpisodePlan;
  readonly #plan: NightsPlan;
  readonly #service: Service;
  readonly #planner: Planner;
  readonly #happenings: Happening[] = [];
  readonly #today = dateAt(Date.now());
  #requests = 0;
  #runs = 0;
  /** What was older than the look back when the write API lost it. */
  #lostBefore = '';

  constructor(plan: NightsPlan) {
    const { seed, database, rowsPerDay } = plan;
    this.#plan = plan;
    this.#service = new Service(seed, rowsPerDay);
    // Clocks are set by the nights; what a clock does to a run the other episodes try.
    this.#planner = new Planner(seed, database, ['window']);
    this.episode = {
      index: 0,
      mode: 'window',
      database,
      variant: 1,
      initialRows: 0,
      badRows: [],
      isForeignFile: false,
      limits: { max_batch_records: Math.ceil(rowsPerDay / 12), requests_in_flight: 2, gzip: true },
      rounds: [],
      seed,
    };
  }

  readonly model = (): Model => ({
    job: `timezone: Europe/London
window: { period: day, lookback: ${REACH + 1}, start: ${this.#firstDate} }
send: ${this.#plan.send}
deleted: remove
query: SELECT moment, seq, code, amount, note FROM events WHERE moment >= :from AND moment < :to ORDER BY seq
record: { timestamp: moment, id: [_timestamp, code, seq], fields: { seq: seq, code: code, amount: amount, note: note } }
`,
    oneWriterAtATime: false,
    settling: 0,
    initialRows: () => this.#initialRows(),
    write: () => Promise.reject(new Error('the service writes between the runs')),
    standing: () => [],
    final: () => [],
  });

  async pass(stage: Stage): Promise<NightsReport> {
    let differences: Differences = [];
    for (let night = 1; night <= this.#plan.nights && differences.length === 0; night++) {
      if (night === this.#plan.lossBefore) {
        await stage.loseRecords();
        this.#lostBefore = daysAfter(this.#dateOf(night), -REACH - 1);
      }
      await using(stage.source, (session) => this.#service.pass(night, this.#dateOf(night), session));
      differences = await this.#night(night, stage);
    }
    return {
      requests: this.#requests,
      runs: this.#runs,
      happenings: this.#happenings,
      differences,
      folder: stage.folder,
    };
  }

  async #night(night: number, stage: Stage): Promise<Differences> {
    const lines: string[] = [];
    for (const round of this.#disturbedRounds()) lines.push((await this.#run(night, stage, round)).line);
    const { ends, line } = await this.#run(night, stage, NOTHING_DONE);
    const [{ code, text }] = ends;
    this.#plan.tell(`night ${night}: ${lines.length} disturbed runs, then ${stage.seen.begun} requests`);
    const differences = [
      ...(code === 0 ? [] : [`the last run ended with ${code}: ${text}`]),
      ...(await this.#compare(night, stage)),
      ...stage.host.violations,
    ];
    return differences.length === 0 ? [] : [`night ${night}`, ...lines, line, ...differences];
  }

  async #run(night: number, stage: Stage, round: RoundPlan): Promise<RoundReport> {
    await stage.state.letLeasesEnd();
    const offset = startOf(this.#dateOf(night)) + AT_NIGHT - Date.now();
    const clock = { kind: 'clock behind', first: offset, after: 0, later: offset } as const;
    const report = await runRound(stage, this.#plan.program, { ...round, clock });
    if (night > 1) this.#requests += stage.seen.begun;
    this.#runs += 1;
    this.#happenings.push(...report.happenings);
    return report;
  }

  /** What the planner deals, but that each run is killed, and that no row changes during a run. */
  #disturbedRounds(): readonly RoundPlan[] {
    const rounds: RoundPlan[] = [];
    while (rounds.length < this.#plan.disturbed) {
      const dealt = this.#planner.next().rounds.filter(({ kill }) => kill?.signal === 'SIGKILL');
      rounds.push(...dealt.map((round) => ({ ...round, writers: [] })));
    }
    return rounds.slice(0, this.#plan.disturbed);
  }

  async #compare(night: number, stage: Stage): Promise<Differences> {
    const rows = await using(stage.source, (session) => readRows(session));
    const counts = ({ moment }: { readonly moment: string }) =>
      dateOf(moment) >= this.#lostBefore && dateOf(moment) < this.#dateOf(night);
    return compareRecords(recordsOf(rows.filter(counts)), stage.records(), true);
  }

  #initialRows() {
    const dates = Array.from({ length: REACH }, (_, index) => daysAfter(this.#firstDate, index));
    const rows = dates.flatMap((date, index) => this.#service.rowsOf(date, index - REACH + 1));
    this.#service.remember(rows);
    return rows;
  }

  /** The local date on which a night's run begins. */
  #dateOf(night: number): string {
    return daysAfter(this.#today, night - this.#plan.nights);
  }

  get #firstDate(): string {
    return daysAfter(this.#dateOf(1), -REACH - 1);
  }
}
