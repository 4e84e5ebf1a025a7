import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { grouped } from '../../src/words/counts.ts';
import type { Bench } from '../bench.ts';
import { Daemon } from '../measure/daemon.ts';
import { processorTimeOfTree, residentMemory } from '../measure/process-tables.ts';
import { usualWorkload } from './delivery.ts';
import { figureOf, found, omitted, type Suite, together } from './suite.ts';

/** What a daemon takes while it has nothing to do. */
export interface Idleness {
  /** Resident memory in bytes at the end. */
  readonly memory: number;
  /** Part of one core. */
  readonly processor: number;
}

const QUIET_JOB = (table: string) => (job: number) =>
  `database: source
schedule: "0 6 1 1 *"
data_set: { data_group: bench, data_type: events-${job}, token: token-of-the-bench }
window: { period: day }
query: SELECT event_time, period, channel, event_count FROM ${table} WHERE event_time >= :from AND event_time < :to
record: { timestamp: event_time, id: [_timestamp, period, channel] }
`;

/**
 * @param settle seconds that it is left alone before
 * @param watched seconds of which the processor time is told
 */
export async function idleness(
  bench: Bench,
  jobs: number,
  settle: number,
  watched: number,
): Promise<Idleness> {
  const workload = await usualWorkload(bench, 20);
  const daemon = await Daemon.start(bench, workload, jobs, QUIET_JOB(workload.table));
  try {
    await delay(settle * 1_000);
    const [processor, start] = [processorTimeOfTree(daemon.pid), performance.now()];
    await delay(watched * 1_000);
    const seconds = (performance.now() - start) / 1_000;
    return {
      memory: residentMemory(daemon.pid),
      processor: (processorTimeOfTree(daemon.pid) - processor) / seconds,
    };
  } finally {
    await daemon.stop();
  }
}

export const IDLE: Suite = {
  name: 'idle',
  about: 'memory and processor time of a daemon that has nothing to do, with 10 and 10,000 jobs',
  isQuick: false,
  async measure(bench) {
    if (!existsSync('/proc/self/stat')) return omitted('an idle daemon', 'there is no /proc');
    // Each takes a minute, and varies little.
    const rounds = Math.min(bench.sizes.rounds, 3);
    const findings = [];
    for (const jobs of [10, 10_000]) {
      const idle: Idleness[] = [];
      for (let round = 0; round < rounds; round++) idle.push(await idleness(bench, jobs, 20, 40));
      const words = `idle, ${grouped(jobs)} jobs`;
      findings.push(
        found(
          figureOf(
            `idle/${jobs}-jobs-memory`,
            `${words}: resident memory`,
            'bytes',
            idle.map(({ memory }) => memory),
          ),
          figureOf(
            `idle/${jobs}-jobs-processor`,
            `${words}: part of a core`,
            'part',
            idle.map(({ processor }) => processor),
          ),
        ),
      );
    }
    return together(...findings);
  },
};
