import { grouped } from '../../src/words/counts.ts';
import { median } from '../figures/statistics.ts';
import { collect } from '../measure/collector.ts';
import { interleaved } from '../measure/interleaved.ts';
import { SLOW_ANSWER, usualWorkload } from './delivery.ts';
import { figureOf, found, type Suite } from './suite.ts';

const FEW = 100_000;
const MANY = 5_000_000;

/** The largest resident set of the collector, as the operating system accounts it. */
export const MEMORY: Suite = {
  name: 'memory',
  about: 'the most memory that a run takes, and how it grows with rows',
  isQuick: false,
  async measure(bench) {
    const { rows, rounds } = bench.sizes;
    const [few, usual, many] = [
      await usualWorkload(bench, FEW),
      await usualWorkload(bench, rows),
      await usualWorkload(bench, Math.max(rows, MANY)),
    ];
    const memoryOf = async (workload: typeof few) => (await collect(bench, workload)).memory;
    const { slow, ...quick } = await interleaved(rounds, {
      few: () => memoryOf(few),
      usual: () => memoryOf(usual),
      many: () => memoryOf(many),
      slow: async () => {
        await bench.sink.setLatency(SLOW_ANSWER);
        const memory = await memoryOf(usual);
        await bench.sink.setLatency(0);
        return memory;
      },
    });
    const words = grouped(usual.rows);
    return found(
      figureOf('memory/million', `memory: ${words} rows`, 'bytes', quick.usual),
      figureOf('memory/slow-answers', `memory: ${words} rows, answers take 20 ms`, 'bytes', slow),
      {
        id: 'memory/growth',
        what: `memory: ${grouped(many.rows)} rows − ${grouped(FEW)}`,
        unit: 'bytes',
        value: median(quick.many) - median(quick.few),
        rounds: { many: quick.many, few: quick.few },
      },
    );
  },
};
