import { asRun, type RunSettings } from '../collect/as-run.ts';
import type { Route, RunSignals } from '../collect/run-context.ts';
import type { RunSoFar } from '../collect/run-so-far.ts';
import { rulesOf } from '../collect/stored-rules.ts';
import { NotOffered } from '../model/data-set-reader.ts';
import type { RunResult } from '../model/run.ts';
import type { State } from '../model/state.ts';
import { compareOnce } from './compare.ts';
import { Hash64 } from './digest.ts';
import { NotRemovableError, RepairEndedError } from './failures.ts';
import { Look } from './look.ts';
import { keyOf, type RecordKey } from './partitions.ts';
import type { Scope } from './scope.ts';
import { sendAgain } from './send-again.ts';
import { KnownDifferences, type Verified } from './verify-records.ts';

export interface RepairOptions extends RunSettings {
  readonly state: State;
  readonly route: Route;
  /** Milliseconds that requests on their way may still take after the repair was stopped. */
  readonly grace: number;
  /** Whether records are removed that only the data set has. */
  readonly deleteExtra: boolean;
}

/** What came of a repair. */
export interface Repair {
  /** As history shows it. */
  readonly result: RunResult;
  /** Records that were delivered, and removed. */
  readonly delivered: number;
  readonly removed: number;
  /** What is not the same on both sides even now. */
  readonly left: KnownDifferences['counts'];
}

/**
 * Delivers what is missing or different, and removes what only the data set has where that is asked for, as a run of
 * the job. Everything is looked at once more before, while no other run goes on. What was not known one by one is left.
 * Throws a Failure: RepairEndedError for what ended it before its time.
 */
export async function repairJob(
  { prepared, known }: Verified,
  options: RepairOptions,
  signal: AbortSignal,
): Promise<Repair> {
  const { job } = prepared.settings;
  let repairing: Repairing | undefined;
  const perform = async (run: RunSoFar, signals: RunSignals) => {
    run.tell({ kind: 'run-started', windows: undefined });
    repairing = new Repairing({ prepared, known }, options, run, signals);
    await repairing.repair();
  };
  const { result, error } = await asRun(job, options, { grace: options.grace, perform }, signal);
  const [delivered, removed] = [result.records, repairing?.removed ?? 0];
  if (error !== undefined || repairing === undefined)
    throw new RepairEndedError(error, { delivered, removed: options.deleteExtra ? removed : undefined });
  return { result, delivered, removed, left: repairing.left };
}

class Repairing {
  removed = 0;
  left: KnownDifferences['counts'] = { missing: 0, different: 0, extra: 0 };
  readonly #prepared: Verified['prepared'];
  readonly #known: KnownDifferences;
  readonly #options: RepairOptions;
  readonly #run: RunSoFar;
  readonly #signals: RunSignals;
  readonly #scope: Scope;
  /** The ids of records that only the data set has. */
  readonly #extraIds = new Map<RecordKey, string>();

  constructor(
    { prepared, known }: Pick<Verified, 'prepared' | 'known'>,
    options: RepairOptions,
    run: RunSoFar,
    signals: RunSignals,
  ) {
    this.#prepared = prepared;
    this.#known = known;
    this.#options = options;
    this.#run = run;
    this.#signals = signals;
    this.#scope = prepared.scope.around(known.hours);
    const { job, route } = prepared.settings;
    run.rules = rulesOf(job, route.localTime.zone);
  }

  async repair(): Promise<void> {
    const { state, deleteExtra } = this.#options;
    const found = await this.#look();
    // Nobody may take the data set for what it was before: the next run sends what it would have left out.
    await state.forgetSent(this.#run.job, 'content');
    await this.#deliver(found);
    if (deleteExtra && found.counts.extra > 0) {
      // The next runs would take what they know of, and find no more, for lost.
      await state.forgetSent(this.#run.job, 'records');
      await this.#remove(found);
    }
    this.left = (await this.#look()).counts;
  }

  /** What of the known differences is one now. */
  async #look(): Promise<KnownDifferences> {
    const settings = { ...this.#prepared.settings, signal: this.#signals.read };
    const isExtra = (key: RecordKey) => this.#known.standings.get(key) === 'extra';
    const look = new Look(settings, {
      dataSet: (key, { id }) => void (isExtra(key) && this.#extraIds.set(key, id)),
    });
    try {
      await look.read(this.#scope);
      const found = new KnownDifferences();
      compareOnce(look, (each) => {
        if (this.#known.standings.has(keyOf(each.id))) found.note(each);
      });
      return found;
    } finally {
      look.close();
    }
  }

  async #deliver(found: KnownDifferences): Promise<void> {
    const hash = new Hash64();
    const isWanted = (id: string) => {
      const standing = found.standings.get(keyOf(hash.of(id)));
      return standing === 'missing' || standing === 'different';
    };
    const { job } = this.#prepared.settings;
    const sending = { job, part: this.#scope.part, run: this.#run, signals: this.#signals };
    await sendAgain(sending, this.#options, isWanted);
  }

  async #remove({ standings }: KnownDifferences): Promise<void> {
    const { target } = this.#options.route;
    const { deliver, read } = this.#signals;
    for (const [key, standing] of standings) {
      const id = this.#extraIds.get(key);
      if (standing !== 'extra' || id === undefined) continue;
      read.throwIfAborted();
      const wasThere = await target.remove(id, deliver, read);
      if (wasThere instanceof NotOffered)
        throw new NotRemovableError(`the write API does not offer it (${wasThere.reason})`);
      if (wasThere) this.removed += 1;
    }
  }
}
