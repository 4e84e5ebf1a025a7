import type { Bench } from '../bench.ts';
import { collect } from '../measure/collector.ts';
import { interleaved } from '../measure/interleaved.ts';
import { plain } from '../references/references.ts';
import type { Workload } from '../workload/databases.ts';
import { found, ratio, type Suite } from './suite.ts';

/** Of PostgreSQL where there is one, as it gives rows fastest; else of SQLite. */
export const usualWorkload = ({ databases }: Bench, rows: number): Promise<Workload> =>
  databases.events(databases.whyNot('postgresql') === undefined ? 'postgresql' : 'sqlite', rows);

export const GZIP: Suite = {
  name: 'gzip',
  about: 'compressed requests beside those that are not',
  isQuick: false,
  async measure(bench) {
    const workload = await usualWorkload(bench, bench.sizes.rows);
    const runs = await interleaved(bench.sizes.rounds, {
      without: () => collect(bench, workload),
      with: () => collect(bench, workload, { gzip: true }),
    });
    return found(
      ratio('gzip/rate', 'gzip: rate ÷ rate without', 'times', {
        without: runs.without.map(({ seconds }) => seconds),
        with: runs.with.map(({ seconds }) => seconds),
      }),
      ratio('gzip/bytes', 'gzip: bytes ÷ bytes without', 'part', {
        with: runs.with.map(({ sent }) => sent.bytes),
        without: runs.without.map(({ sent }) => sent.bytes),
      }),
    );
  },
};

/** Milliseconds that an answer takes where answers are slow. */
export const SLOW_ANSWER = 20;

/** With as many requests on their way, and as large ones, as one would set for a write API that is far away. */
export const SLOW_ANSWERS: Suite = {
  name: 'slow-answers',
  about: 'answers that take 20 ms, beside the plain program',
  isQuick: true,
  async measure(bench) {
    const { rows, rounds, isQuick } = bench.sizes;
    const workload = await usualWorkload(bench, Math.min(rows, 200_000));
    await bench.sink.setLatency(SLOW_ANSWER);
    try {
      const runs = await interleaved(isQuick ? 1 : rounds, {
        plain: () => plain(bench, workload),
        ours: () => collect(bench, workload, { max_batch_records: 10_000, requests_in_flight: 4 }),
      });
      return found(
        ratio('slow-answers/rate', 'answers take 20 ms: rate ÷ plain', 'times', {
          plain: runs.plain.map(({ seconds }) => seconds),
          ours: runs.ours.map(({ seconds }) => seconds),
        }),
      );
    } finally {
      await bench.sink.setLatency(0);
    }
  },
};
