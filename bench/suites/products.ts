import type { Bench } from '../bench.ts';
import type { Findings } from '../figures/figure.ts';
import { collect, type Delivery } from '../measure/collector.ts';
import type { Compiled } from '../measure/compile.ts';
import { interleaved } from '../measure/interleaved.ts';
import { compileLimit, limit, plain } from '../references/references.ts';
import { type Product, TITLES } from '../workload/database.ts';
import { figureOf, found, omitted, ratio, type Suite, together } from './suite.ts';

/** Rows a second from the start of the process to its end, beside the references on the same database. */
const productSuite = (product: Product, isQuick: boolean): Suite => ({
  name: product,
  about: `${TITLES[product]} to the sink, beside the plain program${product === 'postgresql' ? ' and the limit' : ''}`,
  isQuick,
  async measure(bench) {
    const missing = bench.databases.whyNot(product);
    if (missing !== undefined) return omitted(TITLES[product], missing);
    // The limit speaks PostgreSQL only.
    return await measureProduct(bench, product, product === 'postgresql' ? compileLimit(bench) : undefined);
  },
});

async function measureProduct(
  bench: Bench,
  product: Product,
  compiled: Compiled | undefined,
): Promise<Findings> {
  const { rows, rounds } = bench.sizes;
  const title = TITLES[product];
  const workload = await bench.databases.events(product, rows);
  const program = compiled !== undefined && 'path' in compiled ? compiled.path : undefined;
  const runs = await interleaved(rounds, {
    plain: () => plain(bench, workload),
    ours: () => collect(bench, workload),
    limit: program === undefined ? undefined : () => limit(bench, workload, program),
  });
  const [plainly, ours, least] = [secondsOf(runs.plain), secondsOf(runs.ours), secondsOf(runs.limit)];
  const rates = ours.map((seconds) => rows / seconds);
  const findings = found(
    ratio(`${product}/rate`, `${title}: rate ÷ plain`, 'times', { plain: plainly, ours }),
    ratio(`${product}/processor`, `${title}: processor time ÷ plain`, 'times', {
      ours: runs.ours.map(({ processor }) => processor),
      plain: runs.plain.map(({ processor }) => processor),
    }),
    figureOf(`${product}/rows`, `${title}: rows a second`, 'per second', rates),
  );
  if (compiled !== undefined && 'because' in compiled)
    return together(findings, omitted('the limit in C', compiled.because));
  if (program === undefined) return findings;
  compareBytes(runs.ours, runs.limit);
  return together(
    findings,
    found(
      ratio(`${product}/limit`, `${title}: part of the limit`, 'part', { limit: least, ours }),
      ratio(`${product}/limit-rate`, 'the limit: rate ÷ plain', 'times', { plain: plainly, limit: least }),
    ),
  );
}

const secondsOf = (runs: readonly Delivery[]): readonly number[] => runs.map(({ seconds }) => seconds);

/** The limit is one only if it does the same work. */
function compareBytes(ours: readonly Delivery[], limits: readonly Delivery[]): void {
  const [own, least] = [ours[0]?.sent.bytes, limits[0]?.sent.bytes];
  if (own !== least) throw new Error(`the collector sends ${own} bytes and the limit ${least}`);
}

export const PRODUCT_SUITES: readonly Suite[] = [
  productSuite('postgresql', true),
  productSuite('mariadb', false),
  productSuite('mysql', false),
  productSuite('sqlite', true),
];
