import { resolve } from 'node:path';
import { JobBusyError } from '../../collect/failures.ts';
import type { Config } from '../../config/config.ts';
import { parseLoginUrl } from '../../config/login-url.ts';
import { Secret } from '../../config/secret.ts';
import { expand } from '../../config/yaml/expand.ts';
import type { State } from '../../model/state.ts';
import { STATE_DIALECT } from '../../sources/dialects.ts';
import { counted } from '../../words/counts.ts';
import { confirmed } from '../shell/confirm.ts';
import { EXIT, type ExitCode, UsageError } from '../shell/exit-codes.ts';
import type { Setting } from '../shell/setting.ts';
import { openState, placeOfState } from '../wiring.ts';

const PROTOCOLS: readonly string[] = STATE_DIALECT.address.protocols;

interface CopyFlags {
  readonly to: string;
  readonly replace?: boolean;
  readonly yes?: boolean;
}

/** `state copy`: takes everything that is remembered to another file or database, while nobody runs any job. */
export async function copyState(flags: CopyFlags, setting: Setting): Promise<ExitCode> {
  const { config, terminal } = setting;
  const target = { state: targetOf(flags.to, setting) };
  const [from, to] = [placeOfState(config), placeOfState(target)];
  if ('memory' in config.state)
    throw new UsageError('there is nothing to copy', 'state.memory forgets everything with its process.');
  if (from === to)
    throw new UsageError(
      `${to} is the state that config.yaml names`,
      'Name another file or database in --to.',
    );
  const effect = `everything that ${to} holds will be forgotten, and what ${from} holds be put there\n`;
  if (flags.replace === true && !(await confirmed(effect, flags.yes === true, terminal))) return EXIT.success;
  await using source = disposable(await openState(config));
  await using other = disposable(await openState(target));
  const jobs = [...config.jobs.map(({ name }) => name), ...setting.wrongJobs];
  const lost = AbortSignal.any([
    ...(await takeAll(source.state, jobs)),
    ...(await takeAll(other.state, jobs)),
  ]);
  const copied = await source.state.copyTo(other.state, { replace: flags.replace === true, signal: lost });
  const { progress, runs, dead_letters, pending_snapshots } = copied;
  const counts = [
    `where ${counted(progress, 'job')} stand`,
    counted(runs, 'run'),
    counted(dead_letters, 'dead letter'),
    `${counted(pending_snapshots, 'snapshot')} that wait`,
  ];
  await terminal.print(`copied from ${from} to ${to}: ${counts.join(', ')}\n`);
  terminal.tell(nextSteps(flags.to, target.state));
  return EXIT.success;
}

/** A file, or the URL of a database; `${NAME}` and `${file:PATH}` keep a password out of the command line. */
function targetOf(to: string, { terminal }: Setting): Config['state'] {
  const expanded = expand(to, { environment: terminal.environment, folder: terminal.directory });
  if (!('text' in expanded)) throw new UsageError(`--to: ${expanded.message}`, 'Set it, or write --to out.');
  const { text } = expanded;
  if (!text.includes('://')) return { file: resolve(terminal.directory, text) };
  const url = parseLoginUrl(text);
  if (!('fault' in url) && PROTOCOLS.includes(url.protocol)) return { url: new Secret(() => text) };
  const { fault = `a URL such as ${PROTOCOLS[0]}//user@host/database`, suggestion } =
    'fault' in url ? url : {};
  throw new UsageError(
    `--to: expected ${fault}, or a file`,
    suggestion === undefined ? 'Write such a URL, or the path of a file.' : `In it ${suggestion}.`,
  );
}

/** Takes the leases of all jobs, which end with the state. Throws JobBusyError. */
async function takeAll(state: State, jobs: readonly string[]): Promise<readonly AbortSignal[]> {
  const lost: AbortSignal[] = [];
  for (const job of new Set([...(await state.jobs()), ...jobs])) {
    const lease = await state.takeLease(job);
    if (lease.kind === 'busy') throw new JobBusyError(lease, job);
    lost.push(lease.lost);
  }
  return lost;
}

function nextSteps(to: string, target: Config['state']): string {
  const line = 'url' in target ? `url: ${to.includes('${') ? to : '${STATE_DATABASE_URL}'}` : `file: ${to}`;
  return (
    `Write into config.yaml:\n\n  state:\n    ${line}\n\n` +
    'and start every pp-db-collector again that works with it, before the next run of a job: what one goes on to ' +
    'remember in the old state is not in the new one.\n'
  );
}

const disposable = <Closed extends State>(state: Closed) => ({
  state,
  [Symbol.asyncDispose]: () => state.close(),
});
