import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Config, Job } from '../config/config.ts';
import { earlierSnapshots, JOB_OF_SNAPSHOTS } from '../demo/earlier-snapshots.ts';
import { freePort } from '../demo/free-port.ts';
import { openPlatform, type Platform } from '../demo/platform.ts';
import { createServiceDatabase } from '../demo/service-database.ts';
import type { RunResult } from '../model/run.ts';
import { bytesText, grouped } from '../words/counts.ts';
import { durationText } from '../words/durations.ts';
import { EXIT, type ExitCode, exitCodeOfRun, UsageError, worst } from './shell/exit-codes.ts';
import { ListenError } from './shell/listen-error.ts';
import { type GlobalFlags, openSetting, type Setting } from './shell/setting.ts';
import { type Showing, showingOf } from './shell/showing.ts';
import { type StopSignals, withStop } from './shell/stop-signals.ts';
import { table } from './shell/table.ts';
import type { Terminal } from './shell/terminal.ts';
import { afterMessage } from './shell/text.ts';

export interface DemoFlags {
  readonly keep?: string;
  readonly port?: number;
  readonly once?: boolean;
  readonly verbose?: boolean;
  readonly open?: boolean;
}

const DATABASE = 'benefits.sqlite';
/** What the demonstration writes into its folder, and nowhere over what is there. */
const ITS_FILES = [DATABASE, 'config.yaml', 'write-api.yaml', '.env'];

const ONE_OF = 'Leave out --once: the page is that of the daemon, which --once does not start.';

/** What the demonstration shows, as `run` and `start` do it. */
export interface ShownCommands {
  runJobs(
    jobs: readonly Job[],
    setting: Setting,
    options: { readonly showing: Showing },
  ): Promise<{ readonly results: readonly RunResult[]; readonly stopped: ExitCode | undefined }>;
  runDaemon(
    setting: Setting,
    flags: { readonly grace: number },
    stop: StopSignals,
    onReady: (address: string | undefined) => void,
  ): Promise<void>;
}

/**
 * `demo`: the whole way of a row on this machine, with the jobs that ship with pp-db-collector; a summary of what
 * arrived; then the daemon.
 */
export async function demo(
  flags: DemoFlags,
  globals: GlobalFlags,
  terminal: Terminal,
  commands: ShownCommands,
): Promise<ExitCode> {
  if (flags.open === true && flags.once === true)
    throw new UsageError('--open and --once do not go together', ONE_OF);
  const folder =
    flags.keep === undefined ? mkdtempSync(join(tmpdir(), 'pp-db-collector-demo-')) : resolve(flags.keep);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [there] = ITS_FILES.filter((name) => existsSync(join(folder, name)));
  if (there !== undefined) {
    throw new UsageError(
      `${folder} holds ${there === DATABASE ? 'a demonstration' : there} already`,
      'Name another folder with --keep.',
    );
  }
  try {
    return await demonstrate(folder, flags, globals, terminal, commands);
  } finally {
    if (flags.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function demonstrate(
  folder: string,
  flags: DemoFlags,
  globals: GlobalFlags,
  terminal: Terminal,
  commands: ShownCommands,
): Promise<ExitCode> {
  await terminal.print("A demonstration with Carer's Allowance, a service made up of invented numbers.\n\n");
  // Before the database, which takes a while: a port that is taken is told at once.
  const platform = await openPlatform(folder, flags.port).catch((error: unknown) => {
    throw flags.port === undefined ? error : portError(flags.port, error);
  });
  try {
    const startedAt = performance.now();
    createServiceDatabase(join(folder, DATABASE), Date.now());
    const time = durationText(performance.now() - startedAt);
    await terminal.print(`database   three years of applications in SQLite (${time})
write API  ${platform.url}, with ${platform.dataSets.length} data sets\n`);
    const level = globals.logLevel ?? (flags.verbose === true ? 'info' : 'warn');
    const quiet = { ...globals, config: platform.configFile, logLevel: level };
    const setting = await openSetting(quiet, {
      ...terminal,
      environment: { ...terminal.environment, ...platform.environment },
    });
    await deliverEarlier(join(folder, DATABASE), setting, platform);
    const showing = showingOf({ ...globals, ...flags }, terminal);
    const { results, stopped } = await commands.runJobs(setting.config.jobs, setting, { showing });
    await tellResults(results, setting.config, platform, flags, terminal);
    if (flags.once === true || stopped !== undefined) return stopped ?? worst(results.map(exitCodeOfRun));
    return await goOn(setting, platform, flags, commands);
  } finally {
    await platform.close();
  }
}

/** What a job would have sent each day if it had been there: nobody can tell later how many waited. */
async function deliverEarlier(
  database: string,
  { config, terminal }: Setting,
  platform: Platform,
): Promise<void> {
  const job = config.jobs.find(({ name }) => name === JOB_OF_SNAPSHOTS);
  if (job === undefined) throw new Error(`${JOB_OF_SNAPSHOTS} does not ship`);
  const { data_group, data_type } = job.data_set;
  const records = earlierSnapshots(database, job);
  await platform.deliver(data_group, data_type, records);
  await terminal.print(
    `earlier    ${grouped(records.length)} records of ${job.name}, which no run can collect later\n\n`,
  );
}

const isOfListening = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && error.syscall === 'listen';

const portError = (port: number, error: unknown): unknown =>
  isOfListening(error) ? new ListenError({ host: '127.0.0.1', port }, error, ANOTHER_PORT) : error;

const ANOTHER_PORT = 'Name another port with --port, or leave it out to take one that is free.';

/** The daemon with these jobs, all of them due every minute. */
async function goOn(
  setting: Setting,
  platform: Platform,
  flags: DemoFlags,
  { runDaemon }: ShownCommands,
): Promise<ExitCode> {
  const { config, terminal } = setting;
  const jobs = config.jobs.map((job) => ({ ...job, schedule: '* * * * *' }));
  const port = await freePort(config.http.listen?.port ?? 0);
  const http = { listen: { host: '127.0.0.1', port }, token: undefined, allowed_hosts: [] };
  const every = { ...setting, config: { ...config, jobs, http } };
  return withStop(async (stop) => {
    await runDaemon(every, { grace: 10 }, stop, (address = '') => {
      terminal.tell(whereToLook(address, platform, terminal));
      if (flags.open === true) void openPages([address, platform.dashboard], terminal);
    });
    return stop.exitCode() ?? EXIT.success;
  });
}

const COLUMNS = [
  'job',
  'outcome',
  { name: 'requests', worth: 1 },
  { name: 'sent', worth: 2 },
  'records',
  { name: '_timestamp', worth: 3 },
] as const;

/** The last that is told, so that it stays in sight. */
const whereToLook = (pages: string, { url, dashboard }: Platform, { tellStyle }: Terminal): string => `
From now on the daemon runs these jobs every minute, until Ctrl-C ends it. Look at it here:

  ${tellStyle('bold', `Dashboard     ${dashboard}`)}
  ${tellStyle('bold', `Status page   ${pages}`)}
  ${tellStyle('bold', `Write API     ${url}`)}

`;

/** One after the other, so that the last one is in front. */
async function openPages(addresses: readonly string[], terminal: Terminal): Promise<void> {
  const { openBrowser } = await import('./shell/open-browser.ts');
  for (const address of addresses) {
    const why = terminal.isInteractive ? await openBrowser(address) : 'nobody is at a terminal';
    if (why === undefined) continue;
    terminal.tell(`The browser was not opened, because ${why}.\n`);
    return;
  }
}

async function tellResults(
  results: readonly RunResult[],
  config: Config,
  platform: Platform,
  flags: DemoFlags,
  terminal: Terminal,
): Promise<void> {
  const rows = await Promise.all(
    config.jobs.map(async ({ name, data_set }) => {
      const result = results.find(({ job }) => job === name);
      const arrived = await platform.arrived(data_set.data_group, data_set.data_type);
      return [
        name,
        result?.outcome ?? '–',
        result?.requests ?? 0,
        bytesText(result?.bytesSent ?? 0),
        arrived.records,
        `${day(arrived.from)} … ${day(arrived.to)}`,
      ];
    }),
  );
  await terminal.print(table(COLUMNS, rows, terminal.width));
  for (const { job, failure } of results) {
    if (failure !== undefined) terminal.tell(`\n${job}: ${failure.message}\n${afterMessage(failure)}`);
  }
  const example = await platform.lastRecord();
  await terminal.print(`\nThe last record of ${example.dataSet}:\n  ${example.json}\n`);
  if (flags.keep !== undefined) await terminal.print(`\n${platform.howToGoOn}`);
}

const day = (timestamp: string | null): string => timestamp?.slice(0, 10) ?? '–';
