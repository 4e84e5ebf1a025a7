import { HOUR } from '../calendar/durations.ts';
import type { Route } from '../collect/run-context.ts';
import type { Complete } from '../config/config.ts';
import type { ReadRecord, TimestampSpan } from '../model/data-set-reader.ts';
import type { RecordValues } from '../model/record-values.ts';
import type { Sides } from './compare.ts';
import { spelling } from './content.ts';
import { readDataSet } from './data-set-records.ts';
import { Hash64, ValuesDigest } from './digest.ts';
import type { IsOwn } from './own-records.ts';
import { keyOf, Partitions, type RecordKey } from './partitions.ts';
import type { Scope } from './scope.ts';
import { SourceRecords } from './source-records.ts';

/** Who sees the records while they are read; all may be left out. */
export interface Watching {
  readonly source?: (key: RecordKey, values: RecordValues) => void;
  readonly dataSet?: (key: RecordKey, record: ReadRecord) => void;
}

/** Records after which it is told how many there are. */
export const TOLD_EVERY = 5_000;

/** What has been read until now. */
export interface LookProgress {
  readonly source: number;
  readonly dataSet: number;
}

export interface LookSettings {
  readonly job: Complete;
  readonly route: Pick<Route, 'source' | 'localTime' | 'reader'>;
  readonly isOwn: IsOwn;
  /** Where there is room for what is read. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly tell: (progress: LookProgress) => void;
}

/** Of a record whose content is left to the next run. */
const NOT_COMPARED = { high: 0, low: 0 };

/** Both sides as they were when they were read; to be closed. */
export class Look implements Sides {
  readonly source: Partitions;
  readonly dataSet: Partitions;
  /** Rows of the source that are records. */
  records = 0;
  /** Rows that are no records. */
  notRecords = 0;
  /** The ids of those that have one. */
  readonly setAside = new Set<RecordKey>();
  readonly #settings: LookSettings;
  readonly #watching: Watching;
  readonly #id = new Hash64();
  readonly #digest = new ValuesDigest();
  readonly #hours = new Hours();

  constructor(settings: LookSettings, watching: Watching = {}) {
    this.#settings = settings;
    this.#watching = watching;
    this.source = new Partitions(settings.folder);
    this.dataSet = new Partitions(settings.folder);
  }

  /** Reads both sides at the same time. Throws what the first of them throws, once the other has ended, too. */
  async read({ part, spans, own }: Scope): Promise<void> {
    const { job, route, signal } = this.#settings;
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const source = new SourceRecords(job, route, this, either);
    const isInside = insideOf(own);
    const reading = [
      source.read(part, () => this.#tell()),
      readDataSet(route.reader, spans, (record) => this.#stored(record, isInside), either),
    ];
    try {
      await Promise.all(reading);
    } catch (error) {
      stop.abort(error);
      await Promise.allSettled(reading);
      throw error;
    }
  }

  /** A record of the source. */
  record(values: RecordValues): void {
    const id = this.#id.of(JSON.parse(values.get('_id') ?? '""'));
    this.source.add({ id, digest: this.#digest.of(values), hour: this.#hours.of(values), isOwn: true });
    this.#watching.source?.(keyOf(id), values);
    this.records += 1;
    if (this.records % TOLD_EVERY === 0) this.#tell();
  }

  later(id: string): void {
    this.source.add({ id: this.#id.of(id), digest: NOT_COMPARED, hour: 0, isOwn: false });
  }

  notARecord(id: string | undefined): void {
    this.notRecords += 1;
    if (id !== undefined) this.setAside.add(keyOf(this.#id.of(id)));
  }

  #stored(record: ReadRecord, isInside: (instant: string) => boolean): void {
    const { values } = record;
    const id = this.#id.of(record.id);
    const isOwn = isInside(instantOf(values)) && this.#settings.isOwn(values);
    this.dataSet.add({ id, digest: this.#digest.of(values), hour: this.#hours.of(values), isOwn });
    this.#watching.dataSet?.(keyOf(id), record);
    if (this.dataSet.count % TOLD_EVERY === 0) this.#tell();
  }

  #tell(): void {
    this.#settings.tell({ source: this.records, dataSet: this.dataSet.count });
  }

  close(): void {
    this.source.close();
    this.dataSet.close();
  }
}

/** The `_timestamp` of a record as `isoSeconds` writes it, as far as seconds go. */
const instantOf = (values: RecordValues): string =>
  `${spelling('_timestamp', values.get('_timestamp') ?? '').slice(1, 20)}Z`;

export const insideOf =
  (spans: readonly TimestampSpan[]) =>
  (instant: string): boolean =>
    spans.some(([from, to]) => instant >= from && instant < to);

/** Neighbours share their hour more often than not. */
class Hours {
  #text: string | undefined;
  #hour = 0;

  of(values: RecordValues): number {
    const text = values.get('_timestamp');
    if (text !== this.#text) {
      this.#text = text;
      this.#hour = Math.floor(Date.parse(instantOf(values)) / HOUR);
    }
    return this.#hour;
  }
}
