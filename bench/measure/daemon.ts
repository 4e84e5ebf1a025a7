import { request } from 'undici';
import { Workplace } from '../../test/support/program.ts';
import { RunningDaemon } from '../../test/support/running-daemon.ts';
import type { Bench } from '../bench.ts';
import type { Workload } from '../workload/databases.ts';
import { configText } from './collector.ts';

/** The built daemon in a folder of its own. */
export class Daemon {
  readonly pid: number;
  /** Where it shows itself. */
  readonly url: string;
  readonly #running: RunningDaemon;
  readonly #workplace: Workplace;

  private constructor(running: RunningDaemon, workplace: Workplace, url: string) {
    this.#running = running;
    this.#workplace = workplace;
    this.pid = running.child.pid ?? 0;
    this.url = url;
  }

  /** @param jobText the file of each job, by its number from 0 on */
  static async start(
    bench: Bench,
    workload: Workload,
    jobs: number,
    jobText: (job: number) => string,
  ): Promise<Daemon> {
    const workplace = new Workplace();
    workplace.write('config.yaml', configText(bench.sink.url, workload, {}));
    for (let job = 0; job < jobs; job++) workplace.write(`collectors/job-${job}.yaml`, jobText(job));
    const running = new RunningDaemon(workplace, ['--log-level', 'info']);
    const { http } = await running.line('PPDB-0001');
    return new Daemon(running, workplace, String(http));
  }

  /** Asked again when a daemon that has much to do does not answer in time. */
  async metrics(attempts = 3): Promise<string> {
    try {
      // A connection that is kept may be closed in the moment in which it is used again.
      const { body } = await request(`${this.url}/metrics`, { reset: true });
      return await body.text();
    } catch (error) {
      if (attempts === 1) throw error;
      return await this.metrics(attempts - 1);
    }
  }

  async stop(): Promise<void> {
    this.#running.child.kill('SIGTERM');
    await this.#running.ended;
    this.#workplace.remove();
  }
}
