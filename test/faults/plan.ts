import type { Mode } from '../../src/model/mode.ts';
import type { Command } from './collector-process.ts';
import {
  type BadRow,
  CLOCK_FAULTS,
  type ClockFault,
  type Database,
  type DatabaseFault,
  databaseFaults,
  FOREIGN_FILE,
  KILL_AIMS,
  type KillAim,
  LOST_RECORDS,
  ROW_EVENTS,
  type RowEvent,
  type RunEvent,
  WRITE_FAULTS,
  type WriteFault,
} from './fault-kinds.ts';
import { canBeForeign } from './foreign-file.ts';
import { Deck, Random } from './random.ts';

/** What shall be done to one run of the collector. Times are milliseconds. */
export interface RoundPlan {
  /** `replay`: what was refused is sent again, beside writers and under the same faults, instead of a run. */
  readonly command: Command;
  readonly writeFaults: readonly PlannedWriteFault[];
  readonly databaseFault: PlannedDatabaseFault | undefined;
  readonly kill: PlannedKill | undefined;
  readonly writers: readonly PlannedWriter[];
  /** When a second run of the same job is started. */
  readonly rival: number | undefined;
  readonly clock: PlannedClock | undefined;
  /** Whether no line of the log can be written. */
  readonly hasFullLog: boolean;
  /** The one day that a run is told to collect, `YYYY-MM-DD`; undefined: what it has to. */
  readonly day?: string | undefined;
  /** Of so many records of the newest days the data set loses one before the run; undefined: none. */
  readonly loss: number | undefined;
}

/** A run to which nothing is done. */
export const NOTHING_DONE: RoundPlan = {
  command: 'run',
  writeFaults: [],
  databaseFault: undefined,
  kill: undefined,
  writers: [],
  rival: undefined,
  clock: undefined,
  loss: undefined,
  hasFullLog: false,
};

/** What the collector's clock shows. Offsets are milliseconds from the right time. */
export interface PlannedClock {
  readonly kind: ClockFault;
  readonly first: number;
  /** The clock is set again so long after the start. */
  readonly after: number;
  readonly later: number;
}

export interface PlannedWriteFault {
  /** The request of the round, counted from 0. */
  readonly request: number;
  readonly kind: WriteFault;
  /** How long it takes, where it takes time. */
  readonly duration: number;
  /** How many requests, or which part of the records. */
  readonly amount: number;
}

export interface PlannedDatabaseFault {
  readonly kind: DatabaseFault;
  /** When the database has sent as many bytes in this round; of a file: so many milliseconds after the start. */
  readonly after: number;
  readonly duration: number;
}

export interface PlannedKill {
  readonly aim: KillAim;
  /** The request, or the connection, at which; counted from 0. */
  readonly at: number;
  /** Aim `reading`: when the database has sent so many bytes. */
  readonly bytes: number;
  /** So long afterwards. */
  readonly delay: number;
  readonly signal: 'SIGKILL' | 'SIGTERM';
}

/** One transaction on the source, beside the run. */
export interface PlannedWriter {
  readonly event: RowEvent;
  /** Since the start of the round. */
  readonly at: number;
  /** How long the transaction stays open after it has written. */
  readonly hold: number;
  readonly rows: number;
  readonly seed: number;
}

export interface EpisodePlan {
  readonly index: number;
  readonly mode: Mode;
  readonly database: Database;
  /** 0, 1 or 2: what it means is up to the mode. */
  readonly variant: number;
  readonly initialRows: number;
  readonly badRows: readonly BadRow[];
  /** A SQLite file that is another user's than the collector's. */
  readonly isForeignFile: boolean;
  readonly limits: {
    readonly max_batch_records: number;
    readonly requests_in_flight: number;
    readonly gzip: boolean;
  };
  readonly rounds: readonly RoundPlan[];
  readonly seed: number;
}

/** What happens once the rows are on their way is what matters most. */
const KILL_AIMS_DEALT: readonly KillAim[] = [
  ...KILL_AIMS,
  'reading',
  'sending',
  'storing',
  'acknowledging',
  'acknowledging',
];

/** What was refused has to be there before it can be replayed, or changed in the source: it comes more often. */
const WRITE_FAULTS_DEALT: readonly WriteFault[] = [
  ...WRITE_FAULTS,
  ...Array.from({ length: 4 }, () => '400 for some records' as const),
];

/** Hunting down a record that is answered 500 takes long: it comes more seldom. */
const BAD_ROWS_DEALT: readonly BadRow[] = [
  'refused',
  'refused',
  'no record',
  'no record',
  'answered 500',
  'answered 413',
];

/** Milliseconds by which a clock is wrong: a little, by zones that are mistaken for another, by a day and more. */
const CLOCK_OFFSETS = [90_000, 600_000, 3_600_000, 12 * 3_600_000, 13 * 3_600_000, 50 * 3_600_000] as const;

/** Plans the episodes of one database, from nothing but the seed. */
export class Planner {
  readonly #database: Database;
  readonly #modes: Deck<Mode>;
  readonly #variants: Readonly<Record<Mode, Deck<number>>>;
  readonly #random: Random;
  readonly #writeFaults: Deck<WriteFault>;
  readonly #databaseFaults: Deck<DatabaseFault>;
  readonly #kills: Deck<KillAim>;
  readonly #badRows: Deck<BadRow>;
  readonly #clocks: Deck<ClockFault>;
  readonly #without: readonly string[];
  #index = 0;

  /** @param without happenings that are left out */
  constructor(seed: number, database: Database, modes: readonly Mode[], without: readonly string[] = []) {
    const random = new Random(seed ^ (database.length * 0x9e3779b1));
    const wanted = <Kind extends string>(kinds: readonly Kind[]) =>
      kinds.filter((kind) => !without.includes(kind));
    const variants = () => new Deck([0, 1, 2], random.fork());
    this.#random = random;
    this.#without = without;
    this.#database = database;
    this.#modes = new Deck(modes, random.fork());
    this.#variants = { window: variants(), cursor: variants(), snapshot: variants() };
    this.#writeFaults = new Deck(wanted(WRITE_FAULTS_DEALT), random.fork());
    this.#databaseFaults = new Deck(wanted(databaseFaults(database)), random.fork());
    this.#kills = new Deck(wanted(KILL_AIMS_DEALT), random.fork());
    this.#badRows = new Deck(wanted(BAD_ROWS_DEALT), random.fork());
    this.#clocks = new Deck(wanted(CLOCK_FAULTS), random.fork());
  }

  next(): EpisodePlan {
    const random = this.#random.fork();
    const mode = this.#modes.deal() ?? 'window';
    const badRows = Array.from({ length: random.whole(0, 3) }, () => this.#badRows.deal()).filter(
      (kind) => kind !== undefined,
    );
    const index = this.#index++;
    return {
      index,
      mode,
      database: this.#database,
      variant: this.#variants[mode].deal() ?? 0,
      initialRows: mode === 'snapshot' ? random.whole(20, 60) : random.whole(100, 200),
      badRows,
      isForeignFile: canBeForeign(this.#database) && this.#happens(random, FOREIGN_FILE, 0.5),
      limits: {
        max_batch_records: random.whole(8, 25),
        requests_in_flight: random.whole(1, 3),
        gzip: random.chance(0.5),
      },
      rounds: Array.from({ length: random.whole(5, 8) }, () => this.#round(random, mode)),
      seed: random.whole(0, 2 ** 31),
    };
  }

  #round(random: Random, mode: Mode): RoundPlan {
    const command = this.#happens(random, 'dead letters replayed', 0.15) ? 'replay' : 'run';
    const faults = random.pick([0, 1, 1, 2, 3]);
    const hasDatabaseFault = command === 'run' && random.chance(0.35);
    const hasKill = random.chance(faults === 0 && !hasDatabaseFault ? 0.95 : 0.6);
    return {
      command,
      writeFaults: Array.from({ length: faults }, () => this.#writeFault(random)).filter(
        (fault) => fault !== undefined,
      ),
      databaseFault: hasDatabaseFault ? this.#databaseFault(random) : undefined,
      kill: hasKill ? this.#kill(random) : undefined,
      writers: Array.from({ length: random.whole(0, 3) }, () => writer(random, mode)),
      rival: this.#happens(random, 'rival run turned away', 0.12) ? random.whole(0, 500) : undefined,
      clock: random.chance(0.12) ? this.#clock(random, mode) : undefined,
      hasFullLog: this.#happens(random, 'log disk full', 0.08),
      loss:
        mode === 'window' && this.#happens(random, LOST_RECORDS, 0.2) ? random.pick([1, 2, 9]) : undefined,
    };
  }

  #happens(random: Random, what: RunEvent, probability: number): boolean {
    return random.chance(probability) && !this.#without.includes(what);
  }

  #clock(random: Random, mode: Mode): PlannedClock | undefined {
    const kind = this.#clocks.deal();
    const offset = random.pick(CLOCK_OFFSETS) * (kind?.includes('behind') ? -1 : 1);
    // Rows of a SQLite file are dated by the clock that is wrong here: one that is ahead would pass over them.
    const isAheadOfRows = mode === 'cursor' && this.#database === 'better-sqlite3' && offset > 0;
    if (kind === undefined || isAheadOfRows) return undefined;
    const isRightFirst = kind.startsWith('clock right');
    const isRightThen = kind.endsWith('then right');
    return {
      kind,
      first: isRightFirst ? 0 : offset,
      after: random.whole(50, 1_000),
      later: isRightThen ? 0 : offset,
    };
  }

  #writeFault(random: Random): PlannedWriteFault | undefined {
    const kind = this.#writeFaults.deal();
    return (
      kind && {
        kind,
        request: random.pick([0, 0, 1, 1, 2, 3, 4, 6]),
        duration: random.whole(10, 300),
        amount: random.whole(1, 6),
      }
    );
  }

  #databaseFault(random: Random): PlannedDatabaseFault | undefined {
    const kind = this.#databaseFaults.deal();
    const after =
      this.#database === 'better-sqlite3'
        ? random.whole(100, 500)
        : random.pick([0, 1, 500, 2_000, 5_000, 10_000]);
    return kind && { kind, after, duration: random.whole(10, 400) };
  }

  #kill(random: Random): PlannedKill | undefined {
    const aim = this.#kills.deal();
    const delay = {
      starting: 400,
      connecting: 15,
      reading: 30,
      sending: 5,
      storing: 10,
      acknowledging: 12,
      'any time': 1_200,
    };
    return (
      aim && {
        aim,
        at: aim === 'connecting' ? 0 : random.pick([0, 0, 1, 1, 2, 3, 5, 8]),
        bytes: random.pick([400, 1_000, 3_000, 6_000, 12_000]),
        delay: random.next() * delay[aim],
        signal: this.#happens(random, 'stopped by SIGTERM', 0.12) ? 'SIGTERM' : 'SIGKILL',
      }
    );
  }
}

function writer(random: Random, mode: Mode): PlannedWriter {
  return {
    event: random.pick(ROW_EVENTS[mode]),
    at: random.pick([0, 0, 100, 300, 500, 700, 900]),
    hold: random.pick([0, 10, 100, 400]),
    rows: random.whole(1, 30),
    seed: random.whole(0, 2 ** 31),
  };
}
