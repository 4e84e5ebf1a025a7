import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { loadWriteApiConfig } from '../../config/load-write-api-config.ts';
import type { Problem } from '../../config/problem.ts';
import { counted, listed } from '../../words/counts.ts';
import { EXIT } from '../shell/exit-codes.ts';
import { configFileOf, surroundingsOf } from '../shell/load-files.ts';
import type { GlobalFlags } from '../shell/setting.ts';
import type { Terminal } from '../shell/terminal.ts';
import type { CheckResult } from './report.ts';

const BESIDE = 'write-api.yaml';

/** What there is to tell about the files of `serve`. */
export interface CheckedServe {
  readonly problems: readonly Problem[];
  readonly result: CheckResult;
}

/**
 * Checks the configuration of `serve` and its dashboards.
 *
 * @param file left out: the one beside the configuration; undefined then when there is none
 */
export function checkServe(
  file: string | undefined,
  flags: GlobalFlags,
  processTerminal: Terminal,
): CheckedServe | undefined {
  const beside = join(dirname(configFileOf(flags)), BESIDE);
  if (file === undefined && !existsSync(resolve(processTerminal.directory, beside))) return undefined;
  const path = file ?? beside;
  const { terminal, isWrong, problems: ofVariables } = surroundingsOf(path, flags, processTerminal);
  const { environment, directory: currentDirectory } = terminal;
  const about = { layer: 'serve', name: path } as const;
  // What the variables are missing for would be the same mistake again.
  if (isWrong) return { problems: ofVariables, result: { ...about, ...bad([path]) } };
  const loaded = loadWriteApiConfig(path, { environment, currentDirectory });
  const { config, dashboards, rejectedDashboards } = loaded;
  const wrong = [...(config === undefined ? [path] : []), ...rejectedDashboards.map((each) => each.file)];
  const parts = [
    path,
    counted(config?.data_sets.length ?? 0, 'data set'),
    ...(config?.dashboards === undefined ? [] : [counted(dashboards.length, 'dashboard')]),
  ];
  const good = { outcome: 'good', message: listed(parts), code: EXIT.success } as const;
  return {
    problems: [...ofVariables, ...loaded.problems],
    result: { ...about, ...(wrong.length === 0 ? good : bad(wrong)) },
  };
}

const bad = (files: readonly string[]) =>
  ({ outcome: 'bad', message: `mistakes in ${listed(files)}`, code: EXIT.configuration }) as const;
