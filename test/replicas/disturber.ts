import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../faults/random.ts';
import type { Cluster, ClusterReplica } from './cluster.ts';

/** Milliseconds by which the clocks of replicas are ahead. */
const CLOCKS = [0, 60_000, -60_000];

/** Does to a cluster what happens to processes and servers. */
export class Disturber {
  readonly #cluster: Cluster;
  readonly #random: Random;
  readonly #faults: readonly string[];
  readonly #tell: (line: string) => void;
  /** What is put right later. */
  readonly #later: { readonly at: number; readonly name: string; readonly mend: () => Promise<void> }[] = [];
  #quietUntil = 0;
  #started = 0;

  constructor(cluster: Cluster, seed: number, faults: readonly string[], tell: (line: string) => void) {
    this.#cluster = cluster;
    this.#random = new Random(seed);
    this.#faults = faults;
    this.#tell = tell;
  }

  async startAll(count: number): Promise<void> {
    for (let index = 0; index < count; index++) await this.#start(`r${this.#started++}`);
  }

  /** Maybe begins a fault, and ends those whose time is over. */
  async disturb(): Promise<void> {
    const now = Date.now();
    await this.#mend((at) => at <= now);
    if (now < this.#quietUntil || this.#faults.length === 0) return;
    this.#quietUntil = now + this.#random.whole(20_000, 60_000);
    const fault = this.#random.pick(this.#faults);
    const replica = this.#random.pick([...this.#cluster.replicas.values()]);
    const time = this.#random.whole(5_000, 45_000);
    await this.#begin(fault, replica, time);
  }

  /** Puts everything right. */
  async settle(): Promise<void> {
    await this.#mend(() => true);
    this.#tell('everything is put right');
  }

  async #begin(fault: string, replica: ClusterReplica, time: number): Promise<void> {
    const { name } = replica;
    const until = (mend: () => Promise<void>) => this.#later.push({ at: Date.now() + time, name, mend });
    if (this.#later.some((each) => each.name === name)) return;
    this.#tell(
      `${fault} ${fault === 'database' || fault === 'start' ? '' : name} for ${Math.round(time / 1_000)} s`,
    );
    switch (fault) {
      case 'kill':
        await replica.kill();
        until(() => this.#start(name));
        return;
      case 'stop':
        await replica.stop();
        until(() => this.#start(name));
        return;
      case 'suspend':
        replica.signal('SIGSTOP');
        until(async () => replica.signal('SIGCONT'));
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
        await this.#cluster.server.kill9();
        await delay(this.#random.whole(0, 8_000));
        await this.#cluster.server.restart();
        return;
      default:
        throw new Error(`${fault} is no fault`);
    }
  }

  async #start(name: string): Promise<void> {
    await this.#cluster.start(name, CLOCKS[Number(name.slice(1)) % CLOCKS.length]);
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
