import type { Finding } from '../config/finding.ts';
import { type Exportable, type Exported, type ScheduledCommand, scheduledCommands } from './exportable.ts';
import { fiveFields, refusedTimes } from './five-fields.ts';
import { oneLine } from './one-line.ts';
import { shellWord } from './shell-word.ts';
import { variablesOf } from './variables.ts';

const CRON = { name: 'cron', isVixies: true } as const;

/**
 * A crontab that runs each job at its times, without a daemon.
 *
 * @param configFile absolute path of config.yaml
 */
export function crontabOf(exportable: Exportable, configFile: string): Exported<string> {
  const { scheduled, others } = scheduledCommands(exportable.config);
  const findings: Finding[] = [];
  const lineOf = (command: ScheduledCommand): string => {
    const fields = fiveFields(command, CRON);
    if (typeof fields === 'string') return `${fields} ${commandOf(command, configFile)}`;
    findings.push(refusedTimes(exportable, command, fields));
    return '';
  };
  const sections = Array.from(
    Map.groupBy(scheduled, ({ job }) => job.timezone),
    ([zone, commands]) => `CRON_TZ=${zone}\n${commands.map((each) => `${lineOf(each)}\n`).join('')}`,
  );
  if (findings.length > 0) return { findings };
  return { value: [head(exportable, configFile), ...leftOut(others), ...sections].join('\n') };
}

/** An unescaped % would be a line break. */
const commandOf = ({ args }: ScheduledCommand, configFile: string): string =>
  `pp-db-collector --config ${shellWord(configFile)} ${args.join(' ')} --quiet`.replaceAll('%', '\\%');

function head(exportable: Exportable, configFile: string): string {
  const variables = variablesOf(exportable.files).map(({ name }) => name);
  return `# Written by \`pp-db-collector export crontab\` of ${oneLine(configFile)}. To use it: crontab FILE
#
# CRON_TZ says in which zone the times below it are meant. cronie knows it (Fedora, Red Hat, SUSE, Arch; the package
# cronie of Debian and Ubuntu). Other crons pass it over and take all times for those of the machine's own zone.
# cron mails what a run prints: with --quiet that is what went wrong. A run whose job still runs ends with exit code 9.
${
  variables.length === 0
    ? ''
    : `#
# cron hands down no environment: ${variables.join(', ')}
# must be set in .env beside config.yaml, which only its owner may read.
`
}
SHELL=/bin/sh
PATH=/usr/local/bin:/usr/bin:/bin
`;
}

const leftOut = (names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`# Left out, without a schedule or not enabled: ${names.join(', ')}\n`];
