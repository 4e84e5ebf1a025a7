import { collect } from '../measure/collector.ts';
import { interleaved } from '../measure/interleaved.ts';
import { postgresqlProcess, processorTimeDuring } from '../measure/postgresql-process.ts';
import { copyOut } from '../references/copy.ts';
import { plainQuery } from '../workload/databases.ts';
import { found, omitted, ratio, type Suite } from './suite.ts';

/** What a run costs PostgreSQL: processor time of all its processes, beside that of a COPY of the same rows. */
export const DATABASE_COST: Suite = {
  name: 'database-cost',
  about: "processor time of PostgreSQL, beside COPY's",
  isQuick: false,
  async measure(bench) {
    const what = 'processor time of the database server';
    const missing = bench.databases.whyNot('postgresql');
    if (missing !== undefined) return omitted(what, missing);
    const server = await postgresqlProcess(bench.databases.server('postgresql'));
    if (server === undefined) return omitted(what, 'PostgreSQL does not run on this machine');
    const workload = await bench.databases.events('postgresql', bench.sizes.rows);
    const costs = await interleaved(bench.sizes.rounds, {
      copy: () =>
        processorTimeDuring<unknown>(server, () => copyOut(workload.database.url, plainQuery(workload))),
      ours: () => processorTimeDuring<unknown>(server, () => collect(bench, workload)),
    });
    return found(
      ratio('database-cost/processor', 'processor time of PostgreSQL ÷ COPY', 'times', {
        ours: costs.ours.map(({ processor }) => processor),
        copy: costs.copy.map(({ processor }) => processor),
      }),
    );
  },
};
