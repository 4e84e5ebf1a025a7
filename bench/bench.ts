import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Omission } from './figures/figure.ts';
import { findRunner, type Runner } from './measure/measured-run.ts';
import { Sink } from './sink/sink.ts';
import { Databases } from './workload/databases.ts';

export interface Sizes {
  /** Rows of the measurements that compare rates. */
  readonly rows: number;
  readonly rounds: number;
  /** Fewer rounds and rows, and only what is done within a minute. */
  readonly isQuick: boolean;
  /** Records that the write API holds while its speed with random ids is measured. */
  readonly records: number;
}

/** What all suites measure with. */
export interface Bench {
  readonly sizes: Sizes;
  /** For temporary files; removed at the end. */
  readonly folder: string;
  readonly run: Runner;
  readonly sink: Sink;
  readonly databases: Databases;
  /** What cannot be measured on this machine, whichever the suite. */
  readonly omissions: readonly Omission[];
  say(text: string): void;
}

/** Runs what measures, and takes away again what it was given: databases, processes and files. */
export async function withBench<Result>(
  sizes: Sizes,
  measure: (bench: Bench) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'pp-db-collector-bench-'));
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const { run, omissions } = findRunner(folder);
  const databases = await Databases.find(folder, say);
  const sink = await Sink.start();
  const takeAway = async () => {
    await sink.stop();
    await databases.drop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void takeAway().finally(() => process.exit(1)));
  try {
    return await measure({ sizes, folder, run, sink, databases, omissions, say });
  } finally {
    await takeAway();
  }
}
