import { expect } from 'vitest';
import type { StoredRecord } from '../../src/server/store/stored-record.ts';
import type { ServeProcess } from './serve-process.ts';

/** Batches that several writers send to one data set, and what must be found of them whatever happened meanwhile. */

export const WRITERS = 4;
/** Records that every batch replaces: whichever batch came last, they are all of it. */
const SHARED = 20;

interface Batch {
  readonly name: string;
  readonly size: number;
  acknowledged: boolean;
}

export class WrittenBatches {
  readonly #batches: Batch[] = [];
  #isOver = false;

  /** Answers other than 200 so far, by their status. */
  readonly otherAnswers: number[] = [];

  get acknowledged(): number {
    return this.#batches.filter(({ acknowledged }) => acknowledged).length;
  }

  /** Sends until `stop` is called, or until nothing answers any more. */
  async write(server: ServeProcess): Promise<void> {
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => this.#writeAs(writer, server)));
  }

  stop(): void {
    this.#isOver = true;
  }

  async #writeAs(writer: number, server: ServeProcess): Promise<void> {
    for (let number = 0; !this.#isOver; number++) {
      const batch: Batch = {
        name: `${writer}-${number}`,
        size: 1 + ((number * 31 + writer * 7) % 120),
        acknowledged: false,
      };
      this.#batches.push(batch);
      const status = await server.post(recordsOf(batch, writer));
      if (status === undefined) return;
      if (status === 200) batch.acknowledged = true;
      else this.otherAnswers.push(status);
    }
  }

  /** Every acknowledged batch is there, and of every batch all or nothing. */
  expectIn(stored: readonly StoredRecord[]): void {
    const records = stored.map(({ json }) => JSON.parse(json) as { _id: string; batch: string });
    const [shared, own] = [
      records.filter(({ _id }) => _id.startsWith('shared-')),
      records.filter(({ _id }) => !_id.startsWith('shared-')),
    ];
    const sizes = Map.groupBy(own, ({ batch }) => batch);
    for (const { name, size, acknowledged } of this.#batches) {
      const found = sizes.get(name)?.length ?? 0;
      expect(acknowledged || found > 0 ? size : 0, `records of batch ${name}`).toBe(found);
    }
    expect(new Set(shared.map(({ batch }) => batch)).size).toBeLessThanOrEqual(1);
    expect(shared).toHaveLength(own.length === 0 ? 0 : SHARED);
  }
}

function recordsOf({ name, size }: Batch, writer: number): readonly object[] {
  const record = (_id: string) => ({ _id, _timestamp: '2024-03-05T00:00:00Z', batch: name });
  const own = Array.from({ length: size }, (_, index) => record(`${name}-${index}`));
  const shared = Array.from({ length: SHARED }, (_, index) => record(`shared-${index}`));
  // Writers that hold the same ids in different orders are those that could wait for each other for ever.
  return writer % 2 === 0 ? [...shared, ...own] : [...own, ...shared.reverse()];
}
