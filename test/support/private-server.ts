import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A database server of the tests' own, with its data in a temporary folder. */
export interface PrivateServer {
  readonly url: string;
  readonly port: number;
  /** Whether it has ended, by itself or not. */
  readonly hasEnded: () => boolean;
  /** Ends every process of the server without warning, as a power cut would. */
  kill9(): Promise<void>;
  /** Starts it again on the same data and port. */
  restart(): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

export interface ServerRecipe {
  readonly url: (port: number) => string;
  /** Owner of the data, as these servers refuse to run as root. */
  readonly user: string;
  readonly initialise: (folder: string) => readonly [program: string, ...options: string[]];
  readonly serve: (folder: string, port: number) => readonly [program: string, ...options: string[]];
  /** Fails as long as the server does not answer. */
  readonly probe: (url: string) => Promise<unknown>;
  /** Put into the folder of the data, readable by its owner alone: contents by name. */
  readonly files?: (port: number) => Readonly<Record<string, string>>;
}

/** What a test may add to a server. */
export interface ServerExtras {
  /** Options of the command line. */
  readonly options?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

const LONGEST_START = 30_000;
/** As often it is tried to start a server again, with a pause of so many milliseconds. */
const RESTARTS = 10;
const PAUSE = 300;
const isRoot = process.getuid?.() === 0;

export async function startPrivateServer(recipe: ServerRecipe): Promise<PrivateServer> {
  const folder = mkdtempSync(join(tmpdir(), `${recipe.user}-`));
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  if (isRoot) execFileSync('chown', [recipe.user, folder]);
  const port = await freePort();
  const url = recipe.url(port);
  const [initialiser, ...options] = asUser(recipe.user, recipe.initialise(data));
  await promisify(execFile)(initialiser, options);
  for (const [name, content] of Object.entries(recipe.files?.(port) ?? {})) {
    const path = join(data, name);
    writeFileSync(path, content, { mode: 0o600 });
    if (isRoot) execFileSync('chown', [recipe.user, path]);
  }
  let server = await launch(recipe, data, port);
  return {
    url,
    port,
    hasEnded: () => hasEnded(server),
    kill9: () => end(server),
    restart: async () => {
      server = await launchAgain(recipe, data, port);
    },
    stop: async () => {
      await end(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What was killed may take a moment to let go of its memory and its port. */
async function launchAgain(recipe: ServerRecipe, data: string, port: number): Promise<ChildProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(recipe, data, port);
    } catch (error) {
      if (attempt === RESTARTS) throw error;
      await delay(PAUSE);
    }
  }
}

async function launch(recipe: ServerRecipe, data: string, port: number): Promise<ChildProcess> {
  const [program, ...options] = asUser(recipe.user, recipe.serve(data, port));
  const server = spawn(program, options, { stdio: 'ignore' });
  const failed = new Promise<never>((_, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`${program} ended with exit code ${code}`)));
  });
  failed.catch(() => undefined);
  try {
    await Promise.race([answers(recipe, recipe.url(port)), failed]);
    return server;
  } catch (error) {
    await end(server);
    throw error;
  }
}

async function answers(recipe: ServerRecipe, url: string): Promise<void> {
  const deadline = performance.now() + LONGEST_START;
  for (;;) {
    try {
      await recipe.probe(url);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(50);
    }
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

async function end(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || hasEnded(server)) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  for (const pid of processesOf(server.pid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended in the meantime.
    }
  }
  await ended;
}

/** The one that was started first, then its children, of which PostgreSQL has one for each connection. */
function processesOf(server: number): readonly number[] {
  const listed = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = listed
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return [server, ...pairs.flatMap(([pid, parent]) => (parent === server && pid !== undefined ? [pid] : []))];
}

const asUser = (user: string, command: readonly [string, ...string[]]): readonly [string, ...string[]] =>
  isRoot ? ['setpriv', '--reuid', user, '--regid', user, '--init-groups', ...command] : command;

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The newest installed program of a name, looked for in folders whose names may end in a version. */
export function findProgram(name: string, folders: readonly string[]): string | undefined {
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        execFileSync(path, ['--version'], { stdio: 'ignore' });
        return true;
      } catch {
        return false;
      }
    });
}

/** `/usr/lib/postgresql/*` and the like, newest version first. */
export function versionedFolders(parent: string, rest: string): readonly string[] {
  try {
    const versions = readdirSync(parent).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(parent, version, rest));
  } catch {
    return [];
  }
}
