import { setTimeout as delay } from 'node:timers/promises';
import { LAG } from './cursor-model.ts';
import type { Happening } from './fault-kinds.ts';
import type { Model, Written } from './model.ts';
import type { PlannedWriter } from './plan.ts';
import type { Session } from './session.ts';
import { type Source, using } from './source-server.ts';

/** Milliseconds of the lag that are kept as a reserve, tenths of a second of rounded times included. */
const RESERVE = 200;

/** The transactions that write into the source while the collector runs. */
export class Writers {
  /** Rows that were, or may have been, committed later than the job allows for: because this machine is slow. */
  readonly tooLate = new Set<number>();
  readonly #source: Source;
  readonly #model: Model;
  #last: Promise<unknown> = Promise.resolve();

  constructor(source: Source, model: Model) {
    this.#source = source;
    this.#model = model;
  }

  /** Writes as planned. Gives what it did, or what went wrong as a text: with a database that is killed that may be. */
  async write(plan: PlannedWriter): Promise<readonly Happening[] | string> {
    await delay(plan.at);
    const turn = this.#model.oneWriterAtATime ? this.#last : Promise.resolve();
    const done = turn.then(() => using(this.#source, (session) => this.#transaction(session, plan)));
    this.#last = done.catch(() => undefined);
    return done.catch((error: unknown) => String(error));
  }

  async #transaction(session: Session, plan: PlannedWriter): Promise<readonly Happening[]> {
    await session.begin();
    const start = performance.now();
    let written: Written | undefined;
    try {
      written = await this.#model.write(plan, session);
      await delay(plan.hold);
      await session.query('COMMIT');
      return written.events;
    } finally {
      const isTooLate = performance.now() - start > LAG - RESERVE;
      if (isTooLate) for (const seq of written?.stamped?.seqs ?? []) this.tooLate.add(seq);
    }
  }

  /** Changes those rows once more, as an application would that found them missing; this time soon enough. */
  async repair(): Promise<void> {
    while (this.tooLate.size > 0) {
      const seqs = [...this.tooLate];
      const start = performance.now();
      await using(this.#source, async (session) => {
        await session.begin();
        const moment = await session.clock();
        for (const seq of seqs)
          await session.query('UPDATE events SET moment = ? WHERE seq = ?', [moment, seq]);
        await session.query('COMMIT');
      });
      if (performance.now() - start < LAG - RESERVE) for (const seq of seqs) this.tooLate.delete(seq);
    }
  }
}
