import { isoSeconds } from '../calendar/date-time.ts';
import { addPeriods } from '../calendar/period.ts';
import type { WindowJob } from '../config/config.ts';
import { NotOffered } from '../model/data-set-reader.ts';
import type { ComparedPeriod, VanishedRecords } from '../model/sent-records.ts';
import { idHash } from '../records/id.ts';
import type { RunContext } from './run-context.ts';
import type { SentWindow } from './sent-window.ts';

type Context = RunContext<WindowJob>;

const NO_ROWS = 'the query gave no rows at all, which may as well be a mistake of the source';

/** Counts what has vanished, and removes it where the job says so. Throws a Failure. */
export async function vanishedOf(
  context: Context,
  sent: SentWindow,
  compared: readonly ComparedPeriod[],
  rows: number,
): Promise<VanishedRecords> {
  const periods = compared.flatMap(({ period, vanished: records }) =>
    records === 0 ? [] : [{ period, records }],
  );
  const gone = sent.table.vanished();
  if (context.job.deleted === 'keep' || gone.size === 0) return { periods, fate: 'kept', removed: 0 };
  if (rows === 0) return { periods, fate: 'not-removed', removed: 0, reason: NO_ROWS };
  const removed = await new Removing(context, sent).remove(gone);
  return removed instanceof NotOffered
    ? { periods, fate: 'not-removed', removed: 0, reason: removed.reason }
    : { periods, fate: 'removed', removed };
}

type Places = ReadonlyMap<number, readonly number[]>;

class Removing {
  readonly #context: Context;
  readonly #sent: SentWindow;

  constructor(context: Context, sent: SentWindow) {
    this.#context = context;
    this.#sent = sent;
  }

  /** @param gone places of records by the starts of their periods */
  async remove(gone: Places): Promise<number | NotOffered> {
    // Whoever is killed now must not miss them in the data set later.
    await this.#sent.doubt([...gone.values()].flat());
    let removed = 0;
    for (const [period, places] of gone) {
      const ids = await this.#idsOf(period, new Set(places));
      if (ids instanceof NotOffered) return ids;
      for (const id of ids) {
        const { route, signals } = this.#context;
        const wasThere = await route.target.remove(id, signals.deliver, signals.read);
        if (wasThere instanceof NotOffered) return wasThere;
        if (wasThere) removed += 1;
      }
    }
    return removed;
  }

  /** The ids by which the data set has the records at some places. */
  async #idsOf(period: number, places: ReadonlySet<number>): Promise<readonly string[] | NotOffered> {
    const { job, route, signals } = this.#context;
    const end = addPeriods(job.window.period, period, 1);
    const records = await route.reader.records([isoSeconds(period), isoSeconds(end)], signals.read);
    if (records instanceof NotOffered) return records;
    const hashOf = idHash(job.record.id);
    const ids: string[] = [];
    for await (const { id } of records) {
      const at = this.#sent.table.find(hashOf(id));
      if (at !== undefined && places.has(at)) ids.push(id);
    }
    return ids;
  }
}
