import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';

/*
 * In WAL mode SQLite works with two files beside the database. Whoever opens it when nobody else has it open creates
 * them, even to read, and leaves them behind when it may not write the database; they then belong to the reader. What
 * they are like decides whether the programs that write the database can still open it.
 */

const SIDE_FILES = ['-wal', '-shm'] as const;
/** Where the header says how the database is written and read, and what stands there in WAL mode. */
const [VERSIONS_AT, WAL_VERSION] = [18, 2];
const SET_GROUP = 0o2000;
const [GROUP_MAY, OTHERS_MAY] = [0o060, 0o006];
const ROOT = 0;

/** What of a file decides who may use it. */
interface Access {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** The files beside a database, as this process finds or would create them. */
export class SideFiles {
  /** Symbolic links followed, as SQLite does. */
  readonly #database: string;
  readonly #folder: string;

  /** Throws when there is no such database, or it may not be reached. */
  constructor(file: string) {
    this.#database = realpathSync(file);
    this.#folder = dirname(this.#database);
  }

  /** Throws, before anything is opened, when reading would leave behind what the database's owner could not use. */
  refuseToLeave(): void {
    if (process.getuid === undefined || !this.#isInWalMode()) return;
    const [left] = this.#ownUnusable();
    if (left !== undefined) throw refusal('WAL_LEFT_BEHIND', left);
    const sideFiles = this.#paths().filter((path) => statOf(path) !== undefined);
    const closed = sideFiles.find((path) => !isAllowed(path, constants.R_OK));
    if (closed !== undefined) throw refusal('WAL_NOT_READABLE', closed);
    if (sideFiles.length === SIDE_FILES.length) return;
    if (!isAllowed(this.#folder, constants.W_OK | constants.X_OK))
      throw refusal('WAL_CANNOT_CREATE', 'its folder may not be written here');
    const database = statSync(this.#database);
    if (!isOfUse(this.#whatWouldBeCreated(database), database)) {
      throw refusal('WAL_NOT_OF_USE', `its owner (user ${database.uid})`);
    }
  }

  /**
   * Removes what this process has created although `refuseToLeave` did not expect it, because the last program that had
   * the database open has left just then, or because root may not give files away. Throws when there was something.
   */
  removeUnusable(): void {
    if (process.getuid === undefined) return;
    const own = this.#ownUnusable();
    if (own.length === 0) return;
    for (const path of own) rmSync(path, { force: true });
    throw refusal('WAL_NOT_OF_USE', `its owner (user ${statSync(this.#database).uid})`);
  }

  #ownUnusable(): string[] {
    const database = statSync(this.#database);
    const me = process.geteuid?.();
    return this.#paths().filter((path) => {
      const status = statOf(path);
      return status !== undefined && status.uid === me && !isOfUse(status, database);
    });
  }

  #paths(): string[] {
    return SIDE_FILES.map((suffix) => this.#database + suffix);
  }

  #isInWalMode(): boolean {
    if (!statSync(this.#database).isFile()) return false;
    const versions = Buffer.alloc(2);
    const descriptor = openSync(this.#database, 'r');
    try {
      readSync(descriptor, versions, 0, versions.length, VERSIONS_AT);
    } finally {
      closeSync(descriptor);
    }
    return versions.includes(WAL_VERSION);
  }

  /** SQLite gives them the mode of the database and, when it runs as root, its owner and group, too. */
  #whatWouldBeCreated({ uid, gid, mode }: Access): Access {
    const me = process.geteuid?.() ?? ROOT;
    if (me === ROOT) return { uid, gid, mode };
    const folder = statSync(this.#folder);
    const inheritsGroup = (folder.mode & SET_GROUP) !== 0 || process.platform === 'darwin';
    return { uid: me, gid: inheritsGroup ? folder.gid : (process.getegid?.() ?? gid), mode };
  }
}

/** Whether those who write the database can write the file: its owner, and its group where that may. */
function isOfUse(file: Access, database: Access): boolean {
  const isForGroup = file.gid === database.gid && allows(file, GROUP_MAY);
  if (allows(file, OTHERS_MAY) || isForGroup || file.uid === database.uid) return true;
  return database.uid === ROOT && !allows(database, GROUP_MAY);
}

const allows = ({ mode }: Access, bits: number) => (mode & bits) === bits;

const statOf = (path: string) => statSync(path, { throwIfNoEntry: false });

function isAllowed(path: string, access: number): boolean {
  try {
    accessSync(path, access);
    return true;
  } catch {
    return false;
  }
}

const refusal = (code: string, message: string) => Object.assign(new Error(message), { code });
