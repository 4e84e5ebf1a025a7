import { basename, dirname } from 'node:path';
import { SECOND } from '../../calendar/durations.ts';
import { referencesOf, scalarsOf } from '../../config/configuration-files.ts';
import { type Finding, findingAt } from '../../config/finding.ts';
import { isWithin } from '../../config/yaml/parse-file.ts';
import {
  type Exportable,
  type Exported,
  refusedSetting,
  type ScheduledCommand,
  scheduledCommands,
} from '../exportable.ts';
import { oneLine } from '../one-line.ts';
import { shellWord } from '../shell-word.ts';
import { variablesOf } from '../variables.ts';
import { HARDENING } from './hardening.ts';
import { onCalendar } from './on-calendar.ts';

const NAME = 'pp-db-collector';
const STATE_FOLDER = `/var/lib/${NAME}`;
const ENVIRONMENT_FILE = `/etc/${NAME}/environment`;
const SECRETS_FOLDER = `/etc/${NAME}/secrets`;
/** Where systemd puts the credentials of the daemon. */
const CREDENTIALS = `/run/credentials/${NAME}.service`;

export interface UnitFile {
  readonly name: string;
  readonly text: string;
}

export interface SystemdOptions {
  /** Absolute path of config.yaml. */
  readonly configFile: string;
  /** Who runs it; undefined: a user that exists only meanwhile. */
  readonly user: string | undefined;
  /** Whether each job has a timer, and there is no daemon. */
  readonly timers: boolean;
}

/** A configuration as units of systemd, which use its files where they are. */
export function systemdUnits(exportable: Exportable, options: SystemdOptions): Exported<readonly UnitFile[]> {
  const findings = [...refusedState(exportable, options), ...refusedCredentials(exportable, options)];
  if (findings.length > 0) return { findings };
  if (!options.timers) return { value: [daemon(exportable, options)] };
  const { scheduled } = scheduledCommands(exportable.config);
  const ofKind = (wanted: ScheduledCommand['kind']) => scheduled.filter(({ kind }) => kind === wanted);
  const verifications = ofKind('verify');
  const services = [
    oneShot(exportable, RUNS, ofKind('run'), options),
    ...(verifications.length === 0 ? [] : [oneShot(exportable, VERIFICATIONS, verifications, options)]),
  ];
  const timers = scheduled.map((each) => timer(each, exportable.config.schedule.missed_runs));
  return { value: [...services, ...timers] };
}

/** A user that exists only meanwhile can own nothing but what systemd gives it. */
function refusedState(exportable: Exportable, { user }: SystemdOptions): readonly Finding[] {
  const { state } = exportable.config;
  if (!('file' in state) || user !== undefined || isWithin(STATE_FOLDER, state.file)) return [];
  const refusal = {
    message: `expected a file below ${STATE_FOLDER}, which systemd gives to the service, got ${state.file}`,
    suggestion: `set it to ${STATE_FOLDER}/collector.sqlite, or name who runs the service with --user`,
  };
  return [refusedSetting(exportable, ['state', 'file'], refusal)];
}

/** Those of the daemon are not there for a run. */
function refusedCredentials({ files }: Exportable, { timers }: SystemdOptions): readonly Finding[] {
  if (!timers) return [];
  return files.flatMap(({ tree }) =>
    (tree === undefined ? [] : Array.from(scalarsOf(tree))).flatMap(([path, { outside, place }]) => {
      const isCredential = outside?.references.some(
        (reference) => reference.kind === 'file' && isWithin(CREDENTIALS, reference.path),
      );
      if (isCredential !== true) return [];
      const message = 'expected a value that each run can read, got a credential of the daemon';
      const suggestion = `take it from \${NAME}, and put that into ${ENVIRONMENT_FILE}`;
      return [findingAt(place, path, { code: 'wrong-value', message, suggestion })];
    }),
  );
}

function daemon(exportable: Exportable, options: SystemdOptions): UnitFile {
  return {
    name: `${NAME}.service`,
    text: `${head(options, `${NAME}.service`)}
[Unit]
Description=pp-db-collector: SQL query results for the Performance Platform
Wants=network-online.target
After=network-online.target

[Service]
# The daemon tells systemd nothing: /readyz says when it is ready.
Type=exec
ExecStart=/usr/bin/env pp-db-collector start --grace 10
ExecReload=/bin/kill -HUP $MAINPID
${surroundings(exportable, options)}
# A stop is answered within --grace; what is killed after that loses nothing either.
KillSignal=SIGTERM
KillMode=mixed
TimeoutStopSec=20
SuccessExitStatus=143
# A configuration that is wrong (3) stays wrong: no restart.
Restart=on-failure
RestartSec=5
RestartPreventExitStatus=2 3

${who(exportable, options)}
${HARDENING}
[Install]
WantedBy=multi-user.target
`,
  };
}

interface OneShot {
  /** Of the unit, before the name of the job. */
  readonly name: string;
  readonly description: string;
  /** Arguments of the program; %i is the job. */
  readonly args: string;
  readonly success: string;
}

const RUNS: OneShot = {
  name: NAME,
  description: 'run of %i',
  args: 'run %i',
  success: '# Not ready (8): the next tick tries the window again.\nSuccessExitStatus=8\n',
};

/** What differs (7) is a failure, so that it is seen. */
const VERIFICATIONS: OneShot = {
  name: `${NAME}-verify`,
  description: 'verification of %i',
  args: 'verify %i --scheduled --quiet',
  success: '',
};

const kindOf = ({ kind }: ScheduledCommand): OneShot => (kind === 'run' ? RUNS : VERIFICATIONS);

function oneShot(
  exportable: Exportable,
  { name, description, args, success }: OneShot,
  commands: readonly ScheduledCommand[],
  options: SystemdOptions,
): UnitFile {
  const longest = Math.max(0, ...commands.map(({ timeout }) => Math.ceil(timeout / SECOND)));
  return {
    name: `${name}@.service`,
    text: `${head(options, `${name}@.service`)}
[Unit]
Description=pp-db-collector: ${description}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=/usr/bin/env pp-db-collector ${args}
${surroundings(exportable, options)}
# The longest time limit of a job, and a minute for the beginning and the end.
TimeoutStartSec=${longest + 60}
TimeoutStopSec=20
KillMode=mixed
${success}
${who(exportable, options)}
${HARDENING}`,
  };
}

function timer(command: ScheduledCommand, missedRuns: 'run_once' | 'skip'): UnitFile {
  const { job, schedule } = command;
  const times = onCalendar(schedule, job.timezone).map((value) => `OnCalendar=${value}\n`);
  const jitter = command.jitter === 0 ? '' : `RandomizedDelaySec=${command.jitter}ms\n`;
  const { name: unit, description } = kindOf(command);
  const name = `${unit}@${job.name}.timer`;
  return {
    name,
    text: `# Written by \`pp-db-collector export systemd --timers\`, for /etc/systemd/system/${name}

[Unit]
Description=pp-db-collector: times of the ${description.replace('%i', job.name)}

[Timer]
# ${oneLine(schedule)}
${times.join('')}${jitter}AccuracySec=1s
# As schedule.missed_runs: whether a time that passed while the machine was off is made up for.
Persistent=${missedRuns === 'run_once' ? 'yes' : 'no'}

[Install]
WantedBy=timers.target
`,
  };
}

const head = ({ configFile, timers }: SystemdOptions, name: string): string =>
  `# Written by \`pp-db-collector export systemd${timers ? ' --timers' : ''}\` of ${oneLine(configFile)}, for /etc/systemd/system/${name}
# The log: journalctl --unit '${name.replace('@', '@*')}'
`;

/** A value as systemd reads it: its specifiers, quotes and escapes kept from meaning anything. */
const quoted = (text: string): string =>
  `"${text.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Where the process finds its files and values. */
function surroundings(exportable: Exportable, { configFile, timers }: SystemdOptions): string {
  const variables = variablesOf(exportable.files);
  const credentials = timers ? [] : credentialsOf(exportable);
  return [
    `WorkingDirectory=${dirname(configFile).replaceAll('%', '%%')}`,
    'Environment=NODE_ENV=production',
    `Environment=${quoted(`PP_DB_COLLECTOR_CONFIG=${configFile}`)}`,
    ...(variables.length === 0
      ? []
      : [
          `# NAME=value, one a line, for root only (0600), beside what .env has. The files take from it: ${variables.map(({ name }) => name).join(', ')}`,
          `EnvironmentFile=-${ENVIRONMENT_FILE}`,
        ]),
    ...(credentials.length === 0 ? [] : ['# One file for each secret, for root only.']),
    ...credentials.map((name) => `LoadCredential=${name}:${SECRETS_FOLDER}/${name}`),
    '',
  ].join('\n');
}

/** The names of those that `${file:…}` looks for where systemd puts credentials. */
function credentialsOf({ files }: Exportable): readonly string[] {
  const references = files.flatMap(({ tree }) => (tree === undefined ? [] : referencesOf(tree)));
  const names = references.flatMap((reference) =>
    reference.kind === 'file' && dirname(reference.path) === CREDENTIALS ? basename(reference.path) : [],
  );
  return [...new Set(names)].toSorted();
}

/** Who runs it, and where that user may write. */
function who({ config: { state }, folder }: Exportable, { user }: SystemdOptions): string {
  const owned = `StateDirectory=${NAME}\nStateDirectoryMode=0700\n`;
  const home = isWithin('/home', folder) || isWithin('/root', folder) ? 'read-only' : 'yes';
  if (user === undefined) return `DynamicUser=yes\nUser=${NAME}\n${owned}ProtectHome=${home}\n`;
  if (!('file' in state)) return `User=${user}\nProtectHome=${home}\n`;
  if (isWithin(STATE_FOLDER, state.file)) return `User=${user}\n${owned}ProtectHome=${home}\n`;
  const stateFolder = dirname(state.file);
  const make = `# It must be there before the service starts: install -d -m 0700 -o ${user} ${shellWord(stateFolder)}`;
  return `User=${user}\n${oneLine(make)}\nReadWritePaths=${quoted(stateFolder)}\nProtectHome=${home}\n`;
}
