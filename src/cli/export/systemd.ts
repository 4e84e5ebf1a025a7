import { systemdUnits } from '../../export/systemd/units.ts';
import { EXIT, type ExitCode, UsageError } from '../shell/exit-codes.ts';
import type { GlobalFlags } from '../shell/setting.ts';
import type { Terminal } from '../shell/terminal.ts';
import { madeOf, openExportable } from './open.ts';
import { writeOutput } from './output-folder.ts';

export interface SystemdFlags extends GlobalFlags {
  readonly timers?: boolean;
  readonly user?: string;
  readonly output?: string;
}

/** `export systemd`: units that run the daemon, or each job at its times, on standard output or in a folder. */
export async function systemd(flags: SystemdFlags, terminal: Terminal): Promise<ExitCode> {
  const { timers = false, user, output } = flags;
  if (user !== undefined && !/^[A-Za-z_0-9][\w.-]*$/.test(user))
    throw new UsageError(
      `${JSON.stringify(user)} cannot be the name of a user`,
      'Give the name or number of one.',
    );
  const { exportable, configFile } = await openExportable(flags, terminal);
  const units = madeOf(systemdUnits(exportable, { configFile, user, timers }), terminal);
  if (output === undefined) await terminal.print(units.map(({ text }) => text).join('\n'));
  else writeOutput(output, units, terminal);
  return EXIT.success;
}
