import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { formatDate } from '../../calendar/date-time.ts';
import { wallClockAt } from '../../calendar/zone.ts';
import { loadConfig } from '../../config/load-config.ts';
import { loadWriteApiConfig } from '../../config/load-write-api-config.ts';
import { type AskedDatabase, describe } from '../../first-job/asked-database.ts';
import { configFile, URL_VARIABLE } from '../../first-job/config-file.ts';
import { dashboardUrl } from '../../first-job/dashboard-file.ts';
import { envFile } from '../../first-job/env-file.ts';
import { tokenVariable } from '../../first-job/job-draft.ts';
import { jobFile } from '../../first-job/job-file.ts';
import { NoFirstJobError, type Plan, type Wishes } from '../../first-job/plan.ts';
import { planQueryJob } from '../../first-job/plan-query-job.ts';
import { planTableJob } from '../../first-job/plan-table-job.ts';
import { type JobPreview, previewJob } from '../../first-job/preview-job.ts';
import { answerTo, canAsk } from '../shell/ask.ts';
import { EXIT, type ExitCode, UsageError } from '../shell/exit-codes.ts';
import { tellProblems } from '../shell/setting.ts';
import { withStop } from '../shell/stop-signals.ts';
import type { Terminal } from '../shell/terminal.ts';
import { remedyText } from '../shell/text.ts';
import { withSource } from '../wiring.ts';
import { askOn } from './ask-on-terminal.ts';
import { dashboardFiles, WRITE_API, whereItIs } from './dashboard-files.ts';
import { schemaFiles } from './first-files.ts';
import { decisionsText, previewText } from './first-job-text.ts';
import type { GivenFlags } from './flags.ts';
import { type Given, readDataGroup, readGiven, readQuery } from './given.ts';
import { type NewFile, writeNewFiles } from './new-files.ts';
import { commandsIn } from './next-steps.ts';

/** `init --database`: looks at the database, writes a job of what it finds there, and says what it decided and why. */
export async function initFromDatabase(
  folder: string,
  flags: GivenFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const root = resolve(terminal.directory, folder);
  const given = readGiven(root, flags, terminal);
  const { database } = given.config;
  return withStop(async ({ signal, exitCode }) => {
    try {
      const { plan, preview } = await withSource(database, given.settings, (source) =>
        planned(root, flags, given, { ...given.asked, source, signal }, terminal),
      );
      const { text, kept } = writeNewFiles(root, filesOf(flags, given, plan, preview));
      const next = nextText(folder, flags, given, plan, kept, terminal);
      await terminal.show(`${decisionsText(plan)}${previewText(preview, terminal.width)}${text}\n${next}`);
      return checkWritten(root, flags, given, plan, kept, terminal);
    } catch (error) {
      const stopped = exitCode();
      if (stopped !== undefined) return stopped;
      throw byOption(error, database);
    }
  });
}

function nextText(
  folder: string,
  flags: GivenFlags,
  given: Given,
  plan: Plan,
  kept: readonly string[],
  terminal: Terminal,
): string {
  const { draft } = plan;
  const serve = flags.withDashboard === true ? ['serve &'] : [];
  const commands = [...serve, 'check', `preview ${draft.name}`, `run ${draft.name}`];
  const advice = `${otherUrl(flags, given, terminal)}${envAdvice(kept, flags, given, plan)}`;
  const where = flags.withDashboard === true ? whereItIs(draft, flags.writeApi, kept) : '';
  return `${advice}${commandsIn(folder, terminal, commands)}${where}`;
}

async function planned(
  root: string,
  flags: GivenFlags,
  given: Given,
  database: AskedDatabase,
  terminal: Terminal,
): Promise<{ readonly plan: Plan; readonly preview: JobPreview | undefined }> {
  const query = flags.query === undefined ? undefined : readQuery(root, flags.query, terminal);
  // Whether the database can be reached at all is to be known before anything is asked.
  await describe(database, 'SELECT 1');
  const now = Date.now();
  const wishes: Wishes = {
    database: given.config.database,
    dataGroup: flags.dataGroup ?? (await askDataGroup(given.config.database, terminal)),
    dateColumn: flags.dateColumn,
    today: formatDate(wallClockAt(now, database.zones.job)),
  };
  try {
    const plan =
      query === undefined
        ? await planTableJob(database, flags.table, wishes, askOn(terminal))
        : await planQueryJob(database, query, wishes, askOn(terminal));
    refuseExisting(root, plan);
    return { plan, preview: await previewJob(database, plan, now) };
  } catch (error) {
    throw error instanceof NoFirstJobError ? new UsageError(error.message, error.remedy) : error;
  }
}

/** The same error, which points to the option where it would point to the key of a file that is not there yet. */
function byOption(error: unknown, database: string): unknown {
  if (!(error instanceof Error) || !('remedy' in error) || typeof error.remedy !== 'string') return error;
  const remedy = error.remedy.replaceAll(
    new RegExp(`(filename in )?databases\\.${database}\\.connection`, 'g'),
    '--database',
  );
  return Object.assign(error, { remedy });
}

async function askDataGroup(otherwise: string, terminal: Terminal): Promise<string> {
  if (!canAsk(terminal)) return otherwise;
  const answer = await answerTo(`Data group of the data set [${otherwise}]: `);
  if (answer === undefined) throw new UsageError('no data group was named', 'Name it with --data-group.');
  return readDataGroup(answer || otherwise);
}

const CONFIG = 'config.yaml';
const fileOf = ({ draft }: Plan): string => `collectors/${draft.name}.yaml`;

function refuseExisting(root: string, plan: Plan): void {
  if (!existsSync(join(root, fileOf(plan)))) return;
  throw new UsageError(
    `${fileOf(plan)} is there already, and nothing is overwritten`,
    'Name another table, or move the file away.',
  );
}

function filesOf(
  flags: GivenFlags,
  { config }: Given,
  plan: Plan,
  preview: JobPreview | undefined,
): readonly NewFile[] {
  const { draft } = plan;
  const { withDashboard = false, writeApi } = flags;
  const env = envFile(urlOf(flags, config), draft, flags.token);
  const shown = withDashboard ? { ...config, dashboardUrl: dashboardUrl(draft, writeApi) } : config;
  return [
    { path: CONFIG, text: configFile(shown) },
    { path: fileOf(plan), text: jobFile(draft, preview?.test) },
    ...(withDashboard ? dashboardFiles(draft, tokenVariable(draft), writeApi) : []),
    { path: '.env', text: env, isSecret: true },
    { path: '.gitignore', text: `.env\nstate/\n${withDashboard ? 'data/\n' : ''}` },
    ...schemaFiles(),
  ];
}

const urlOf = ({ database }: GivenFlags, { filename }: Given['config']): string | undefined =>
  filename === undefined ? database : undefined;

/** The environment goes before `.env`. */
function otherUrl(flags: GivenFlags, { config }: Given, { environment }: Terminal): string {
  const [url, set] = [urlOf(flags, config), environment[URL_VARIABLE]];
  return url === undefined || set === undefined || set === url
    ? ''
    : `${URL_VARIABLE} is set to another URL here, which goes before that of .env: unset it first.\n`;
}

/** What is still to be done by hand before the next commands. */
function envAdvice(kept: readonly string[], flags: GivenFlags, { config }: Given, { draft }: Plan): string {
  const variable = tokenVariable(draft);
  if (kept.includes('.env')) {
    const names = [...(urlOf(flags, config) === undefined ? [] : [URL_VARIABLE]), variable];
    return `See that .env sets ${names.join(' and ')}. Then try:\n`;
  }
  const dataSet = `${draft.dataGroup}/${draft.name}`;
  return flags.token === undefined
    ? `Write the token of the data set ${dataSet} into .env, behind ${variable}=. Then try:\n`
    : 'Try it:\n';
}

/** Reads what was written as every command will, because what was there already may not fit it. */
function checkWritten(
  root: string,
  flags: GivenFlags,
  { config }: Given,
  plan: Plan,
  kept: readonly string[],
  terminal: Terminal,
): ExitCode {
  const url = urlOf(flags, config);
  const written = {
    ...(url === undefined ? {} : { [URL_VARIABLE]: url }),
    [tokenVariable(plan.draft)]: 'the-token',
  };
  const options = {
    environment: { ...terminal.environment, ...written },
    currentDirectory: terminal.directory,
  };
  const { problems: all } = loadConfig(join(root, CONFIG), options);
  const served =
    flags.withDashboard === true ? loadWriteApiConfig(join(root, WRITE_API), options).problems : [];
  const own = all.filter(({ file }) => [CONFIG, fileOf(plan)].some((name) => file.endsWith(name)));
  const problems = [...own, ...served];
  tellProblems(problems, terminal);
  if (problems.every(({ severity }) => severity !== 'error')) return EXIT.success;
  if (kept.includes(CONFIG)) terminal.tell(remedyText(inOldConfig(config)));
  return EXIT.configuration;
}

/** What a config.yaml that was there before the job may lack. */
function inOldConfig({ database, client, filename }: Given['config']): string {
  const connection = filename === undefined ? `\${${URL_VARIABLE}}` : `{ filename: ${filename} }`;
  return `If config.yaml lacks this database, write ${database}: { client: ${client}, connection: ${connection} } under databases.`;
}
