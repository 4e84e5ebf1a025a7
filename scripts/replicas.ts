import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Cluster } from '../test/replicas/cluster.ts';
import { Disturber } from '../test/replicas/disturber.ts';
import { firstStarts, judge } from '../test/replicas/judge.ts';

/**
 * Lets several replicas of the built program share many jobs for a while, kills, suspends, stops and starts them, takes their
 * database away from one or from all, and compares what was run with the ticks, and what arrived with the source.
 */

const { values } = parseArgs({
  options: {
    replicas: { type: 'string', default: '3' },
    jobs: { type: 'string', default: '200' },
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    faults: { type: 'string', default: 'kill,suspend,stop,start,disconnect,database' },
  },
});
/** Milliseconds between two events of each job. */
const WRITE_EVERY = 5_000;

/** Seconds; of Linux, whose clock ticks 100 times a second. */
function cpuOf(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function cost({ onState }: Cluster): Promise<readonly string[]> {
  const rows = await onState(
    `SELECT xact_commit, xact_rollback, extract(epoch FROM now() - pg_postmaster_start_time())::int AS seconds,
       pg_size_pretty(pg_database_size(current_database())) AS size, active_time::int
     FROM pg_stat_database WHERE datname = current_database()`,
  );
  const statements = await onState(
    `SELECT left(regexp_replace(query, '\\s+', ' ', 'g'), 90) AS query, calls, round(total_exec_time) AS ms
     FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 12`,
  ).catch(() => []);
  return [...rows, ...statements].map((row) => JSON.stringify(row));
}

const tell = (line: string) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
const minutes = Number(values.minutes);
const cluster = new Cluster({ jobs: Number(values.jobs) });
try {
  await cluster.prepare();
  const first = Math.ceil((Date.now() + 30_000) / 60_000) * 60_000;
  const last = first + (minutes - 1) * 60_000;
  tell(`seed ${values.seed}; ticks from ${new Date(first).toISOString()} to ${new Date(last).toISOString()}`);
  const disturber = new Disturber(
    cluster,
    Number(values.seed),
    values.faults.split(',').filter((fault) => fault !== ''),
    tell,
  );
  await disturber.startAll(Number(values.replicas));
  await cluster.noteBegun();
  for (let [number, writeAt] = [1, 0]; Date.now() < last + 20_000; ) {
    const now = Date.now();
    if (now >= writeAt) {
      await cluster.write(number++);
      writeAt = now + WRITE_EVERY;
    }
    const isDisturbed = now > first && now < last - 90_000;
    if (isDisturbed) await disturber.disturb();
    const next = isDisturbed ? Math.min(writeAt, disturber.nextAt) : writeAt;
    await delay(Math.max(0, next - Date.now()));
  }
  await disturber.settle();
  await delay(75_000);
  for (const line of await cost(cluster)) tell(line);
  for (const { name, child } of cluster.replicas.values())
    tell(`${name} has used ${cpuOf(child.pid)} s of CPU`);
  await Promise.all([...cluster.replicas.values()].map((replica) => replica.stop()));
  tell(disturber.summary);
  const verdict = await judge(cluster, { first, last, step: 60_000 });
  for (const line of [...verdict.lines, await firstStarts(cluster, first, last)]) tell(line);
  process.exitCode = verdict.isRight ? 0 : 1;
} catch (error) {
  // What could not be asked says nothing about the program, but the campaign did not come to its end.
  tell(`ended early: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await cluster.end();
}
