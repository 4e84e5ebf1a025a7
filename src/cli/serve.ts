import { loadWriteApiConfig } from '../config/load-write-api-config.ts';
import { openStore } from '../server/store/open-store.ts';
import { createWriteApi } from '../server/write-api.ts';
import { EXIT, type ExitCode } from './shell/exit-codes.ts';
import { ListenError } from './shell/listen-error.ts';
import { isUnreadable, surroundingsOf } from './shell/load-files.ts';
import { giveYoungObjectsRoom } from './shell/memory.ts';
import { type GlobalFlags, loggerOf, tellProblems } from './shell/setting.ts';
import { withStop } from './shell/stop-signals.ts';
import { standardError, type Terminal } from './shell/terminal.ts';
import { remedyText } from './shell/text.ts';
import { version } from './shell/version.ts';

const LISTEN_ELSEWHERE = 'Set listen to another host and port, or end the process that is there.';

const NAME_THE_FILE =
  'Name the file behind serve, or start in its folder; `pp-db-collector demo --keep DIR` writes one that works at once.';

/** `serve`: the write API, until a signal ends it. */
export async function serve(file: string, flags: GlobalFlags, processTerminal: Terminal): Promise<ExitCode> {
  const { terminal, isWrong, ...variables } = surroundingsOf(file, flags, processTerminal);
  const { environment, directory: currentDirectory } = terminal;
  // What the variables are missing for would be the same mistake again.
  const { config, dashboards, problems } = isWrong
    ? { dashboards: [], problems: [] }
    : loadWriteApiConfig(file, { environment, currentDirectory });
  tellProblems([...variables.problems, ...problems], terminal);
  if (isUnreadable(file, problems, terminal)) terminal.tell(remedyText(NAME_THE_FILE));
  if (config === undefined) return EXIT.configuration;
  if (config.dashboards !== undefined) giveYoungObjectsRoom();
  const logger = await loggerOf(flags, { level: 'info', format: 'auto' }, terminal);
  const store = await openStore(config.storage, dashboards.length > 0);
  const api = createWriteApi({
    dataSets: config.data_sets,
    dashboards:
      config.dashboards === undefined
        ? undefined
        : { all: dashboards, token: config.dashboards_token?.reveal(), program: version },
    store,
    logger,
    logLinesLost: () => standardError.lost,
  });
  return withStop(async (stop) => {
    try {
      await api.listen({ ...config.listen }).catch((error: unknown) => {
        throw new ListenError(config.listen, error, LISTEN_ELSEWHERE);
      });
      await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
    } finally {
      await api.close().finally(() => store.close());
    }
    return stop.exitCode() ?? EXIT.success;
  });
}
