import { collect, MAIN } from '../measure/collector.ts';
import { interleaved } from '../measure/interleaved.ts';
import { usualWorkload } from './delivery.ts';
import { figureOf, found, ratio, type Suite } from './suite.ts';

const ROWS = 20;
/** They are short, and the shorter a run the more it is disturbed. */
const MORE_ROUNDS = 3;

/** What it costs to be started, beside Node with nothing to do. */
export const START_UP: Suite = {
  name: 'start-up',
  about: 'a run of 20 rows and --help, beside node -e 0',
  isQuick: true,
  async measure(bench) {
    const workload = await usualWorkload(bench, ROWS);
    const node = async (...args: string[]) => (await bench.run({ program: process.execPath, args })).seconds;
    const { nothing, help, run } = await interleaved(bench.sizes.rounds * MORE_ROUNDS, {
      nothing: () => node('-e', '0'),
      help: () => node(MAIN, '--help'),
      run: async () => (await collect(bench, workload)).seconds,
    });
    return found(
      ratio('start-up/run', `run of ${ROWS} rows ÷ node -e 0`, 'times', { run, nothing }),
      ratio('start-up/help', '--help ÷ node -e 0', 'times', { help, nothing }),
      figureOf('start-up/node', 'node -e 0', 'seconds', nothing),
    );
  },
};
