import { crontabOf } from '../../export/crontab.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import type { GlobalFlags } from '../shell/setting.ts';
import type { Terminal } from '../shell/terminal.ts';
import { madeOf, openExportable } from './open.ts';

/** `export crontab`: the jobs as lines for cron, on standard output. */
export async function crontab(flags: GlobalFlags, terminal: Terminal): Promise<ExitCode> {
  const { exportable, configFile } = await openExportable(flags, terminal);
  await terminal.print(madeOf(crontabOf(exportable, configFile), terminal));
  return EXIT.success;
}
