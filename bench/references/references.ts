import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Bench } from '../bench.ts';
import { type Delivery, delivered } from '../measure/collector.ts';
import { type Compiled, compile } from '../measure/compile.ts';
import { plainQuery, type Workload } from '../workload/databases.ts';

/** The reference that is 1: bench/references/plain.ts. */
export function plain(bench: Bench, workload: Workload): Promise<Delivery> {
  const { database, table } = workload;
  const program = resolve(import.meta.dirname, 'plain.ts');
  const args = [program, database.client, database.url, table, `${bench.sink.url}/data/bench/events`];
  const command = { program: process.execPath, args };
  return delivered(bench, workload, () => bench.run(command));
}

/** Makes the reference in C, where there are a compiler and the headers of libpq and OpenSSL. */
export function compileLimit(bench: Bench): Compiled {
  const { error, stdout } = spawnSync('pg_config', ['--includedir', '--libdir'], { encoding: 'utf8' });
  if (error !== undefined) return { because: 'there are no headers of libpq (pg_config)' };
  const [include, library] = stdout.trim().split('\n');
  const flags = [`-I${include}`, `-L${library}`, '-lpq', '-lcrypto'];
  return compile(resolve(import.meta.dirname, 'limit.c'), bench.folder, 'limit', flags);
}

/** @param program what `compileLimit` has made */
export function limit(bench: Bench, workload: Workload, program: string): Promise<Delivery> {
  const args = [workload.database.url, plainQuery(workload), '127.0.0.1', String(bench.sink.port)];
  return delivered(bench, workload, () => bench.run({ program, args }));
}
