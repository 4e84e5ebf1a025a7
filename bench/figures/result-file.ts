import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Findings } from './figure.ts';

/** What `--json` writes and `--compare` reads. */
export interface Result extends Findings {
  /** What kind of machine it was measured on: `2 cores, Node 26`. */
  readonly machine: string;
  readonly rows: number;
  readonly rounds: number;
}

export const machineText = (): string =>
  `${availableParallelism()} cores, Node ${process.versions.node.split('.')[0]}`;

export function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}

export function readResult(file: string): Result {
  const result = JSON.parse(readFileSync(file, 'utf8')) as Partial<Result>;
  if (!Array.isArray(result.figures)) throw new Error(`${file} is no result of the benchmark`);
  return result as Result;
}
