import { Command, Option } from 'commander';
import { addDeadLetterCommands } from './dead-letters/commands.ts';
import { addExportCommands } from './export/commands.ts';
import { addSendCommands } from './send/commands.ts';
import {
  type Ended,
  example,
  MOST,
  oneOf,
  port,
  positive,
  settingOf,
  terminalOf,
} from './shell/command-parts.ts';
import { addGlobalOptions, FILES, LOG, takes } from './shell/global-options.ts';
import { version } from './shell/version.ts';
import { addStateCommands } from './state/commands.ts';

/** All commands. Each loads its own code when it is called, so that none waits for what it does not use. */
export function createProgram(ended: Ended): Command {
  const program = addGlobalOptions(new Command('pp-db-collector'))
    .description(
      'Collects the results of SQL queries and delivers them to the write API of the Performance Platform.',
    )
    .version(version, '-V, --version')
    .helpCommand('help [command]', 'help for a command')
    .exitOverride();
  addDaemonCommand(program, ended);
  addCollectingCommands(program, ended);
  addShowingCommands(program, ended);
  addDeadLetterCommands(program, ended);
  addStateCommands(program, ended);
  addExportCommands(program, ended);
  addSendCommands(program, ended);
  addPlatformCommands(program, ended);
  for (const command of program.commands) command.exitOverride();
  return program;
}

function addDaemonCommand(program: Command, ended: Ended): void {
  takes(program.command('start'), [...FILES, ...LOG])
    .description('run the jobs by their schedules, until a signal ends it')
    .option('--watch', 'reload the configuration when its files change (SIGHUP does it at any time)')
    .option(
      '--grace <seconds>',
      'how long to wait for what is under way when a signal ends it',
      positive(MOST.seconds),
      10,
    )
    .addHelpText('after', example('pp-db-collector start --watch'))
    .action(async (flags, command) => {
      // Ahead of everything else: the daemon stays for long, and can wait while its code is loaded.
      const { holdLittleMemory } = await import('./shell/memory.ts');
      holdLittleMemory();
      const { start } = await import('./start/start.ts');
      ended(await start(flags, command.optsWithGlobals(), terminalOf(command)));
    });
}

function addCollectingCommands(program: Command, ended: Ended): void {
  takes(program.command('run'), [...FILES, ...LOG])
    .argument('[job...]', 'names of jobs')
    .description('collect now, once, and print what came of it')
    .option('--all', 'all jobs that are enabled')
    .option('--from <date>', 'collect from this date or instant on, instead of what is owed')
    .option('--to <date>', 'collect up to this date or instant, which is excluded')
    .option('--resume', 'with --from and --to: go on where an interrupted run of the same span was')
    .addOption(
      new Option('--accept', 'deliver also what expect.change holds back: it was looked at').conflicts('all'),
    )
    .option('--all-records', 'send also records that the data set has as they are')
    .option('--dry-run', 'send nothing and remember nothing; print the records, one JSON document a line')
    .option('--json', 'print the summary as JSON')
    .option('-v, --verbose', 'on a terminal: tell everything that the log tells, too')
    .addOption(new Option('-q, --quiet', 'tell nothing but failures').conflicts('verbose'))
    .addHelpText(
      'after',
      example('pp-db-collector run transactions-by-channel --from 2015-01-01 --to 2015-02-01'),
    )
    .action(async (jobs, _flags, command) => {
      const [{ run }, setting] = await Promise.all([import('./run/run.ts'), settingOf(command)]);
      ended(await run(jobs, command.optsWithGlobals(), setting));
    });
  takes(program.command('check'), [...FILES, ...LOG])
    .argument('[job...]', 'names of jobs (default: all)')
    .description('check files, databases, queries, data sets and state, layer by layer')
    .option('--offline', 'check the files only')
    .option(
      '--write-api <file>',
      'check this configuration of serve and its dashboards, too (default: write-api.yaml beside the configuration)',
    )
    .option('--json', 'print mistakes and checks as one JSON document')
    .addHelpText('after', example('pp-db-collector check transactions-by-channel'))
    .action(async (jobs, _flags, command) => {
      const { check } = await import('./check/check.ts');
      ended(await check(jobs, command.optsWithGlobals(), terminalOf(command)));
    });
  takes(program.command('verify'), [...FILES, ...LOG])
    .argument('[job...]', 'names of jobs')
    .description(
      'compare the data set with the source, record by record or by sums; changes nothing by itself',
    )
    .option('--all', 'all jobs that are enabled')
    .option('--from <date>', 'compare from this date or instant on, instead of all that is collected')
    .option('--to <date>', 'compare up to this date or instant, which is excluded')
    .addOption(
      new Option('--periods <number>', 'compare so many of the newest periods that are collected')
        .argParser(positive(MOST.periods))
        .conflicts(['from', 'to']),
    )
    .addOption(
      new Option('--scheduled', 'compare the periods that verify of the job says').conflicts([
        ...['from', 'to', 'periods'],
      ]),
    )
    .option('--repair', 'deliver what is missing or different')
    .option('--delete-extra', 'with --repair: remove what only the data set has; shows it and asks first')
    .option('--yes', 'remove without asking')
    .option('--json', 'print what came of it as JSON')
    .option('-q, --quiet', 'tell nothing where both sides agree')
    .addHelpText('after', example('pp-db-collector verify transactions-by-channel'))
    .action(async (jobs, flags, command) => {
      const [{ verify }, setting] = await Promise.all([import('./verify/verify.ts'), settingOf(command)]);
      ended(await verify(jobs, flags, setting));
    });
  takes(program.command('preview'), FILES)
    .argument('<job>', 'name of a job')
    .description('show the records that rows of the query become; sends nothing')
    .option('--rows <number>', 'most rows to show', positive(MOST.rows), 20)
    .option('--from <date>', 'show this span instead of the last one that is over')
    .option('--to <date>', 'end of the span, excluded')
    .option('--json', 'print rows and records as JSON')
    .addOption(
      new Option('--records', 'print the records as they would be sent, one JSON document a line').conflicts(
        'json',
      ),
    )
    .addHelpText('after', example('pp-db-collector preview transactions-by-channel --rows 5'))
    .action(async (job, flags, command) => {
      const [{ preview }, setting] = await Promise.all([import('./preview/preview.ts'), settingOf(command)]);
      ended(await preview(job, flags, setting));
    });
  takes(program.command('test'), FILES)
    .argument('[job...]', 'names of jobs (default: all)')
    .description('run the tests of job files: rows given, records expected; needs no database')
    .option('--json', 'print the results as JSON')
    .addHelpText('after', example('pp-db-collector test transactions-by-channel'))
    .action(async (jobs, flags, command) => {
      const [{ test }, setting] = await Promise.all([
        import('./test.ts'),
        settingOf(command, jobs.length === 0),
      ]);
      ended(await test(jobs, flags, setting));
    });
}

function addShowingCommands(program: Command, ended: Ended): void {
  takes(program.command('jobs'), FILES)
    .argument('[job]', 'name of a job, to see everything of it (default: all in a table)')
    .description('list the jobs: when each runs next, how it went last, how far it is collected')
    .option('--next <number>', 'how many next runs to show', positive(MOST.ticks), 1)
    .option('--json', 'print the list as JSON')
    .addHelpText('after', example('pp-db-collector jobs --next 5'))
    .action(async (job, flags, command) => {
      const [{ jobs }, setting] = await Promise.all([import('./jobs/jobs.ts'), settingOf(command)]);
      ended(await jobs(job, flags, setting));
    });
  takes(program.command('advise'), FILES)
    .argument('[job...]', 'names of jobs (default: all)')
    .description('say how late records of jobs come, and what window.lookback could be')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('pp-db-collector advise transactions-by-channel'))
    .action(async (jobs, flags, command) => {
      const [{ advise }, setting] = await Promise.all([import('./advise.ts'), settingOf(command)]);
      ended(await advise(jobs, flags, setting));
    });
  takes(program.command('history'), FILES)
    .argument('[job]', 'name of a job (default: all)')
    .description('list past runs, newest first')
    .option('--failed', 'only runs that failed')
    .option('--limit <number>', 'most runs to list', positive(MOST.rows), 20)
    .option('--json', 'print the runs as JSON')
    .addHelpText('after', example('pp-db-collector history transactions-by-channel --failed'))
    .action(async (job, flags, command) => {
      const [{ history }, setting] = await Promise.all([import('./history.ts'), settingOf(command)]);
      ended(await history(job, flags, setting));
    });
  program
    .command('schema')
    .addArgument(oneOf('<file>', 'which file', ['config', 'dashboard', 'job']))
    .description('print the JSON Schema of config.yaml, of dashboards or of job files')
    .addHelpText('after', example('pp-db-collector schema job > job.schema.json'))
    .action(async (file, _flags, command) => {
      const { schema } = await import('./schema.ts');
      ended(await schema(file, terminalOf(command)));
    });
  program
    .command('init')
    .argument('[dir]', 'folder, made if it is not there', '.')
    .description('write a config.yaml, a first job and schemas for editors; overwrites nothing')
    .option('--database <url>', 'make the job of a table of this database: a URL, or the path of a file')
    .option('--table <name>', 'table or view whose rows the job counts')
    .option('--query <file>', 'file with the query of the job, in place of a table')
    .option('--date-column <name>', 'column that tells the day for which a row counts')
    .option('--timezone <zone>', 'zone in which times of the database without a zone are meant', 'UTC')
    .option('--data-group <name>', 'data group of the data set (default: asked, or the name of the database)')
    .option('--token <token>', 'token of the data set, for the file .env')
    .option(
      '--write-api <url>',
      'address of the write API (default: the Performance Platform, with --with-dashboard http://127.0.0.1:3039)',
    )
    .option('--with-dashboard', 'write a dashboard of the data set, too, and the configuration of serve')
    .addHelpText(
      'after',
      example('pp-db-collector init collector --database "$DATABASE_URL" --table applications'),
    )
    .action(async (folder, flags, command) => {
      const { init } = await import('./init/init.ts');
      ended(await init(folder, flags, terminalOf(command)));
    });
  program
    .command('explain')
    .argument('<code>', 'a code of the log, an exit code, or the code of a mistake in a file')
    .description('say what a code means, what led to it and what to do')
    .addHelpText('after', example('pp-db-collector explain PPDB-0104'))
    .action(async (code, _flags, command) => {
      const { explain } = await import('./explain/explain.ts');
      ended(await explain(code, terminalOf(command)));
    });
  program
    .command('completion')
    .addArgument(oneOf('<shell>', 'your shell', ['bash', 'zsh', 'fish']))
    .description('print a script with which the shell completes commands, options and job names')
    .addHelpText('after', example('eval "$(pp-db-collector completion bash)"'))
    .action(async (shell, _flags, command) => {
      const { completion } = await import('./completion/completion.ts');
      ended(await completion(shell, terminalOf(command)));
    });
  takes(program.command('__complete', { hidden: true }), FILES)
    .argument('[word...]', 'the command line up to the cursor, without the name of the program')
    .description('print what may stand in the place of the last word; the scripts of completion call it')
    .addHelpText('after', example('pp-db-collector __complete -- run --log-level ""'))
    .action(async (words, _flags, command) => {
      const { complete } = await import('./completion/complete.ts');
      ended(await complete(words, program, command.optsWithGlobals().config, terminalOf(command)));
    });
}

const NAME_BEHIND = 'Name the file behind it: pp-db-collector serve FILE.';

function addPlatformCommands(program: Command, ended: Ended): void {
  takes(program.command('serve'), ['environmentFile', ...LOG], { config: NAME_BEHIND })
    .argument('[file]', 'configuration of the write API', 'write-api.yaml')
    .description('run a write API of your own')
    .addHelpText('after', example('pp-db-collector serve write-api.yaml'))
    .action(async (file, _flags, command) => {
      // Ahead of everything else, as for the daemon.
      const { holdLittleMemory } = await import('./shell/memory.ts');
      holdLittleMemory();
      const { serve } = await import('./serve.ts');
      ended(await serve(file, command.optsWithGlobals(), terminalOf(command)));
    });
  takes(program.command('demo'), LOG)
    .description(
      'show the whole on this machine: a database, a write API and the jobs of a fictional service',
    )
    .option('--keep <dir>', 'keep the files of the demonstration in this folder')
    .option('--port <number>', 'port of the write API (default: 3039, or the next that is free)', port)
    .option('--once', 'end after the summary, without the daemon and its status page')
    .option('--open', 'open the status page and the dashboard in the browser')
    .option('-v, --verbose', 'tell everything that the log tells')
    .addHelpText('after', example('pp-db-collector demo --keep demo'))
    .action(async (flags, command) => {
      const [{ demo }, { runJobs }, { runDaemon }] = await Promise.all([
        import('./demo.ts'),
        import('./run/run-jobs.ts'),
        import('./start/start.ts'),
      ]);
      ended(await demo(flags, command.optsWithGlobals(), terminalOf(command), { runJobs, runDaemon }));
    });
}
