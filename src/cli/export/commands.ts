import { type Command, Option } from 'commander';
import { type Ended, example, positive, terminalOf } from '../shell/command-parts.ts';
import { FILES, takes } from '../shell/global-options.ts';

const MOST_REPLICAS = 1_000;
const OUTPUT = [
  '--output <dir>',
  'write files into this folder, in place of those of an earlier export',
] as const;

/** `export` and what the configuration can be made into. */
export function addExportCommands(program: Command, ended: Ended): void {
  const exporting = program
    .command('export')
    .description('make of the configuration what Kubernetes, cron or systemd runs')
    .addHelpText('after', example('pp-db-collector export kubernetes | kubectl apply --filename -'));
  takes(exporting.command('kubernetes'), FILES)
    .description('print objects for Kubernetes: the daemon, or a CronJob for each job')
    .option(
      '--replicas <number>',
      'of the daemon; more than one need a state that they share (default: 1)',
      positive(MOST_REPLICAS),
    )
    .addOption(new Option('--cronjobs', 'a CronJob for each job, and no daemon').conflicts('replicas'))
    .option('--namespace <name>', 'put everything into this namespace (default: the one of who applies it)')
    .option(
      '--image <name>',
      'image of the containers (default: pp-db-collector with the version of this program)',
    )
    .option(
      '--serve [file]',
      'with the write API of this configuration of `serve` (default: write-api.yaml beside the configuration)',
    )
    .option('--no-monitoring', 'leave out what needs the Prometheus operator: PodMonitor, PrometheusRule')
    .option(...OUTPUT)
    .addHelpText('after', example('pp-db-collector export kubernetes --namespace reporting --output deploy'))
    .action(async (_flags, command) => {
      const { kubernetes } = await import('./kubernetes.ts');
      ended(await kubernetes(command.optsWithGlobals(), terminalOf(command)));
    });
  takes(exporting.command('crontab'), FILES)
    .description('print a crontab that runs each job at its times')
    .addHelpText('after', example('pp-db-collector export crontab | crontab -'))
    .action(async (_flags, command) => {
      const { crontab } = await import('./crontab.ts');
      ended(await crontab(command.optsWithGlobals(), terminalOf(command)));
    });
  takes(exporting.command('systemd'), FILES)
    .description('print units for systemd: the daemon, or a timer for each job')
    .option('--timers', 'a timer for each job, and no daemon')
    .option('--user <name>', 'user of the service (default: one that exists only while it runs)')
    .option(...OUTPUT)
    .addHelpText('after', example('pp-db-collector export systemd --timers --output units'))
    .action(async (_flags, command) => {
      const { systemd } = await import('./systemd.ts');
      ended(await systemd(command.optsWithGlobals(), terminalOf(command)));
    });
}
