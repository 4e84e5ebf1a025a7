import { hash } from 'node:crypto';
import type { WriteRequest } from './sender.ts';

interface GivenUp {
  /** Of the JSON of the record. */
  readonly digest: string;
  /** When it is no longer expected to be stored. */
  readonly until: number;
}

/** Records of a data set that are remembered; when there are more, the oldest are forgotten. */
const MOST_REMEMBERED = 20_000;

/** What may still be stored of requests to one data set that were given up. Times are on the monotonic clock. */
export class GivenUpRecords {
  /** By id, the latest at the end. */
  readonly #records = new Map<string, GivenUp>();
  #emptyingUntil = 0;

  /** Remembers a request that was given up and may arrive until some time; a question changes nothing. */
  note({ purpose, records }: WriteRequest, until: number): void {
    if (purpose === 'emptying') this.#emptyingUntil = until;
    for (const { id, json } of records?.records() ?? []) {
      this.#records.delete(id);
      if (id !== '') this.#records.set(id, { digest: digestOf(json), until });
    }
    for (const [id] of this.#records) {
      if (this.#records.size <= MOST_REMEMBERED) break;
      this.#records.delete(id);
    }
  }

  /** Until when a request has to wait, so that nothing which was given up replaces or removes what it brings. */
  waitFor({ purpose, records }: WriteRequest, now: number): number {
    this.#forget(now);
    if (purpose === 'emptying') return this.#last;
    if (records === undefined) return 0;
    return Math.max(this.#emptyingUntil, this.#records.size === 0 ? 0 : this.#others(records.records()));
  }

  /** Until when other versions of some records may arrive. */
  #others(records: readonly { readonly id: string; readonly json: string }[]): number {
    let until = 0;
    for (const { id, json } of records) {
      const givenUp = this.#records.get(id);
      if (givenUp !== undefined && givenUp.until > until && givenUp.digest !== digestOf(json))
        until = givenUp.until;
    }
    return until;
  }

  get #last(): number {
    return [...this.#records.values()].at(-1)?.until ?? 0;
  }

  #forget(now: number): void {
    for (const [id, { until }] of this.#records) {
      if (until > now) break;
      this.#records.delete(id);
    }
  }
}

const digestOf = (json: string): string => hash('sha256', json, 'base64');
