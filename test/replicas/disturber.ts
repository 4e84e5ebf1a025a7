import { Random } from '../faults/random.ts';
import type { Cluster, ClusterReplica } from './cluster.ts';

/** Milliseconds by which the clocks of replicas are ahead. */
const CLOCKS = [0, 60_000, -60_000];

/** Milliseconds from a tick of the jobs to the next, and for how long their runs go on behind it. */
const STEP = 60_000;
const RUNS_LAST = 1_200;

/** Milliseconds: longer than leases last. */
const OUTAGE = 65_000;

/** Does to a cluster what happens to processes and servers. */
export class Disturber {
  readonly #cluster: Cluster;
  readonly #random: Random;
  readonly #faults: readonly string[];
  readonly #tell: (line: string) => void;
  /** What is put right later. */
  readonly #later: { readonly at: number; readonly name: string; readonly mend: () => Promise<void> }[] = [];
  #nextFault = 0;
  #started = 0;
  /** How many runs went on in what a fault happened to, fault by fault. */
  readonly #hit: number[] = [];

  constructor(cluster: Cluster, seed: number, faults: readonly string[], tell: (line: string) => void) {
    this.#cluster = cluster;
    this.#random = new Random(seed);
    this.#faults = faults;
    this.#tell = tell;
  }

  async startAll(count: number): Promise<void> {
    for (let index = 0; index < count; index++) await this.#start(`r${this.#started++}`);
  }

  get summary(): string {
    const hit = this.#hit.filter((runs) => runs > 0);
    const runs = hit.reduce((sum, each) => sum + each, 0);
    return `${this.#hit.length} faults, ${hit.length} of them in the midst of ${runs} runs`;
  }

  /** When there is something to do, epoch milliseconds. */
  get nextAt(): number {
    return Math.min(this.#nextFault, ...this.#later.map(({ at }) => at));
  }

  /** Maybe begins a fault, and ends those whose time is over. */
  async disturb(): Promise<void> {
    const now = Date.now();
    await this.#mend((at) => at <= now);
    if (now < this.#nextFault || this.#faults.length === 0) return;
    const fault = this.#random.pick(this.#faults);
    const isWell = ({ name }: ClusterReplica) => this.#later.every((each) => each.name !== name);
    const well = [...this.#cluster.replicas.values()].filter(isWell);
    const time = this.#random.whole(5_000, 45_000);
    if (well.length > 0) await this.#begin(fault, this.#random.pick(well), time);
    this.#nextFault = this.#someTimeAfter(Date.now() + this.#random.whole(20_000, 60_000));
  }

  /** Every other time while runs go on. */
  #someTimeAfter(time: number): number {
    if (this.#random.chance(0.5)) return time;
    return Math.ceil(time / STEP) * STEP + this.#random.whole(0, RUNS_LAST);
  }

  /** Puts everything right. */
  async settle(): Promise<void> {
    await this.#mend(() => true);
    this.#tell('everything is put right');
  }

  async #begin(fault: string, replica: ClusterReplica, time: number): Promise<void> {
    const { name } = replica;
    const until = (mend: () => Promise<void>) => this.#later.push({ at: Date.now() + time, name, mend });
    const seconds = `for ${Math.round(time / 1_000)} s`;
    this.#tell(
      ['database', 'outage'].includes(fault)
        ? fault
        : `${fault} ${fault === 'start' ? 'one more' : name} ${seconds}`,
    );
    switch (fault) {
      case 'kill':
        await replica.kill();
        this.#hit.push(await this.#runsOf(replica));
        until(() => this.#start(name));
        return;
      case 'stop':
        this.#hit.push(await this.#runsOf(replica));
        await replica.stop();
        until(() => this.#start(name));
        return;
      case 'suspend':
        replica.signal('SIGSTOP');
        this.#hit.push(await this.#runsOf(replica));
        until(async () => replica.signal('SIGCONT'));
        return;
      case 'disconnect':
        replica.cutOff();
        this.#hit.push(await this.#runsOf(replica));
        until(async () => replica.reconnect());
        return;
      case 'start': {
        const extra = `r${this.#started++}`;
        await this.#start(extra);
        this.#later.push({
          at: Date.now() + time,
          name: extra,
          mend: async () => {
            await this.#cluster.replicas.get(extra)?.kill();
            this.#cluster.replicas.delete(extra);
          },
        });
        return;
      }
      case 'database':
      case 'outage':
        this.#hit.push(await this.#runsOf());
        await this.#cluster.outage(fault === 'outage' ? OUTAGE : this.#random.whole(0, 8_000));
        return;
      default:
        throw new Error(`${fault} is no fault`);
    }
  }

  /** How many runs go on, or went on when their process ended. @param replica left out: anywhere */
  async #runsOf(replica?: ClusterReplica): Promise<number> {
    const holder = replica === undefined ? '%' : `process ${replica.child.pid} %`;
    const [row] = await this.#cluster.onState(
      `SELECT count(*)::int AS runs FROM pp_db_collector.leases WHERE holder LIKE '${holder}'`,
    );
    return Number(row?.runs);
  }

  async #start(name: string): Promise<void> {
    await this.#cluster.start(name, { ahead: CLOCKS[Number(name.slice(1)) % CLOCKS.length] ?? 0 });
  }

  async #mend(isDue: (at: number) => boolean): Promise<void> {
    for (const each of [...this.#later]) {
      if (!isDue(each.at)) continue;
      this.#later.splice(this.#later.indexOf(each), 1);
      this.#tell(`${each.name} is put right`);
      await each.mend();
    }
  }
}
