import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installDebianPackage } from '../support/debian-package.ts';

const FOLDER = resolve(import.meta.dirname, '../../docs/operating');

/** The text of a file in docs/operating. */
export const operatingFile = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

export interface Checked {
  readonly code: number | null;
  readonly output: string;
}

/** Runs promtool in docs/operating, or in another folder; it is installed first where it is missing. */
export function promtool(args: readonly string[], folder = FOLDER): Checked {
  if (spawnSync('promtool', ['--version']).error !== undefined) installDebianPackage('prometheus');
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
  if (error !== undefined) throw error;
  return { code: status, output: stdout + stderr };
}
