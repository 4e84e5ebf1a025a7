import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { startPostgresql } from '../test/support/private-postgresql.ts';
import { measureQueue } from './scaling/measure-queue.ts';

/** Measures what the queue of several replicas costs PostgreSQL, for the simulation: `npm run bench:queue -- FILE`. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: 'string', default: '10000' },
    databases: { type: 'string', default: '100' },
    times: { type: 'string', default: '15' },
  },
});
const [file] = positionals;
if (file === undefined) throw new Error('npm run bench:queue -- FILE [--jobs N] [--databases N] [--times N]');
const tell = (line: string) => process.stderr.write(`${line}\n`);
const jobs = Number(values.jobs);
const backlogs = [0, 10, 100, 1_000, 3_000, 10_000].filter((backlog) => backlog < jobs);
const server = await startPostgresql({
  options: [
    ...['-c', 'shared_preload_libraries=pg_stat_statements', '-c', 'pg_stat_statements.track_planning=on'],
    ...['-c', 'autovacuum=off', '-c', 'shared_buffers=256MB', '-c', 'fsync=on'],
  ],
});
try {
  const sizes = {
    jobs,
    databases: Number(values.databases),
    backlogs: [...backlogs, jobs],
    times: Number(values.times),
  };
  const costs = await measureQueue(server.url, sizes, tell);
  const measuredOn = `${cpus().length} cores, Node ${process.versions.node}, shared with others`;
  writeFileSync(file, `${JSON.stringify({ measuredOn, ...costs }, null, 2)}\n`);
} finally {
  await server.stop();
}
