import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { HOUR, SECOND } from '../src/calendar/durations.ts';
import { departmentPlan } from './scaling/departments.ts';
import { outcomeOf } from './scaling/outcome.ts';
import type { QueueCosts } from './scaling/queue-costs.ts';
import { SCENARIOS } from './scaling/scenarios.ts';
import { Simulation } from './scaling/simulation.ts';

/**
 * Simulates a night of many jobs on many replicas, with the code that decides and the costs that `npm run bench:queue`
 * measured: `npm run bench:simulate -- COSTS FILE`.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: 'string', default: '10000' },
    databases: { type: 'string', default: '100' },
    hours: { type: 'string', default: '6' },
    /** Seconds; half of all queries take less. */
    query: { type: 'string', default: '2' },
    /** Milliseconds. */
    'round-trip': { type: 'string', default: '0.5' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});
const [costsFile, file] = positionals;
if (costsFile === undefined || file === undefined)
  throw new Error(
    'npm run bench:simulate -- COSTS FILE [--jobs N] [--databases N] [--hours N] [--query SECONDS] [--round-trip MILLISECONDS] [--seed N] [--only TEXT]',
  );
const costs = JSON.parse(readFileSync(costsFile, 'utf8')) as QueueCosts;
const [jobs, databases, seed] = [Number(values.jobs), Number(values.databases), Number(values.seed)];
/** London's time is UTC in winter. */
const from = Date.UTC(2026, 0, 14, 0, 55);
const outcomes = SCENARIOS.filter(({ name }) => name.includes(values.only)).map((scenario) => {
  const began = performance.now();
  const { replicas } = scenario;
  const simulation = new Simulation({
    plan: departmentPlan({ ...scenario, jobs, databases, seed }),
    ...{ replicas, costs, seed, from },
    roundTrip: Number(values['round-trip']),
    queryMiddle: Number(values.query) * SECOND,
    until: from + Number(values.hours) * HOUR,
  });
  const outcome = outcomeOf(scenario, from, simulation.run());
  const { due: _, ...shown } = outcome;
  process.stderr.write(`${JSON.stringify({ ...shown, simulated: Math.round(performance.now() - began) })}\n`);
  return outcome;
});
writeFileSync(file, `${JSON.stringify({ costs, options: values, outcomes }, null, 2)}\n`);
