import type { Database, Statement } from 'better-sqlite3';
import { hashOf } from './id-hash.ts';
import { type IdEntry, IdTable } from './id-table.ts';

export interface IdSettings {
  /** Ids that are kept in memory until they are moved into the file; as many may be on their way. */
  readonly generation: number;
  readonly hashOf: (id: string) => number;
}

const USUAL: IdSettings = { generation: 2 ** 18, hashOf };
/** Slots that are moved with each new record: a generation is in the file before the next is complete. */
const SLOTS_A_RECORD = 4;
const AT_ONCE = 50;

const marks = (count: number, mark = '?'): string => Array(count).fill(mark).join(', ');

interface Found {
  readonly id: string;
  readonly place: number;
}

/** The records of a data set whose ids have some hashes. */
export const OF_HASHES = `
  SELECT records.id, records.place FROM ids CROSS JOIN records ON records.place = ids.place
  WHERE ids.data_set = ? AND ids.hash IN (${marks(AT_ONCE)}) AND records.data_set = ids.data_set`;

/**
 * The records of a data set among some places. With + the data set is no way to find them: SQLite would read all of it by
 * an index, for each of these questions.
 */
export const OF_PLACES = `SELECT id, place FROM records WHERE +data_set = ? AND place IN (${marks(AT_ONCE)})`;

/**
 * Where in the file each id stands. Ids come in no order, so that each new one would change a page of an index of its
 * own; therefore the newest are kept in memory, and are moved into the table `ids` in the order of that table, many to
 * a page. `ids` has all records up to the place `moved_to`, and perhaps some behind it; those behind are read from the
 * records themselves when memory has none, so nothing of this needs to be kept.
 *
 * Entries say where to look, and no more: a record is at a place when its id is there. So an entry may outlive its
 * record. For use in transactions that change the file.
 */
export class IdIndex {
  readonly #database: Database;
  readonly #settings: IdSettings;
  readonly #dataVersion: Statement<[], number>;
  readonly #inFile: Statement<unknown[], Found>;
  readonly #inMemory: Statement<unknown[], Found>;
  readonly #insert: Statement;
  readonly #insertOne: Statement;
  #recent = new IdTable();
  /** Those that are being moved: `to` is the last place of them, `next` the first slot that is not yet moved. */
  #leaving: { readonly table: IdTable; readonly to: number; next: number } | undefined;
  /** The last place that has a record. */
  #last = 0;
  /** Of the file when memory was right; undefined: memory has to be read anew. */
  #version: number | undefined;

  constructor(database: Database, settings = USUAL) {
    this.#database = database;
    this.#settings = settings;
    this.#dataVersion = database.prepare<[], number>('PRAGMA data_version').pluck();
    this.#inFile = database.prepare(OF_HASHES);
    this.#inMemory = database.prepare(OF_PLACES);
    this.#insert = database.prepare(`INSERT OR IGNORE INTO ids VALUES ${marks(AT_ONCE, '(?, ?, ?)')}`);
    this.#insertOne = database.prepare('INSERT OR IGNORE INTO ids VALUES (?, ?, ?)');
  }

  /** The place of each id; those that have none get the next ones, where the caller puts their records. */
  placesOf(dataSet: number, ids: readonly string[]): readonly number[] {
    this.#requireMemory();
    const hashes = ids.map(this.#settings.hashOf);
    const known = this.#known(dataSet, hashes);
    const places = ids.map((id, index) => {
      const place = known.get(id) ?? ++this.#last;
      if (!known.has(id)) this.#recent.add({ dataSet, hash: hashes[index] as number, place });
      known.set(id, place);
      return place;
    });
    this.#moveSome(ids.length * SLOTS_A_RECORD);
    return places;
  }

  /** The place of an id that has a record. */
  placeOf(dataSet: number, id: string): number | undefined {
    this.#requireMemory();
    return this.#known(dataSet, [this.#settings.hashOf(id)]).get(id);
  }

  /** Forgets a data set. */
  remove(dataSet: number): void {
    this.#requireMemory();
    this.#recent.remove(dataSet);
    this.#leaving?.table.remove(dataSet);
    this.#database.prepare('DELETE FROM ids WHERE data_set = ?').run(dataSet);
  }

  /** Memory may be ahead of the file: a transaction was rolled back. */
  distrustMemory(): void {
    this.#version = undefined;
  }

  /** The places of the records whose ids have these hashes, by their ids. */
  #known(dataSet: number, hashes: readonly number[]): Map<string, number> {
    const tables = this.#leaving === undefined ? [this.#recent] : [this.#recent, this.#leaving.table];
    const places = tables.flatMap((table) => hashes.flatMap((hash) => table.placesOf(dataSet, hash)));
    const found = [
      ...this.#ask(this.#inMemory, dataSet, places),
      ...this.#ask(this.#inFile, dataSet, hashes),
    ];
    return new Map(found.map(({ id, place }) => [id, place]));
  }

  *#ask(
    statement: Statement<unknown[], Found>,
    dataSet: number,
    numbers: readonly number[],
  ): Generator<Found> {
    for (let index = 0; index < numbers.length; index += AT_ONCE) {
      const some = numbers.slice(index, index + AT_ONCE);
      yield* statement.all(dataSet, ...some, ...Array(AT_ONCE - some.length).fill(null));
    }
  }

  /** Another process that stores into the same file, too, is noticed. */
  #requireMemory(): void {
    const version = this.#dataVersion.get();
    if (version === this.#version) return;
    this.#read();
    this.#version = version;
  }

  #read(): void {
    this.#leaving = undefined;
    let isAll = false;
    while (!isAll) {
      const movedTo = this.#database.prepare<[], number>('SELECT moved_to FROM id_index').pluck().get() ?? 0;
      this.#recent = new IdTable();
      this.#last = movedTo;
      const rows = this.#database.prepare<[number, number], Found & { dataSet: number }>(
        'SELECT data_set AS dataSet, id, place FROM records WHERE place > ? ORDER BY place LIMIT ?',
      );
      for (const { dataSet, id, place } of rows.iterate(movedTo, this.#settings.generation)) {
        this.#recent.add({ dataSet, hash: this.#settings.hashOf(id), place });
        this.#last = place;
      }
      isAll = this.#recent.size < this.#settings.generation;
      if (!isAll) this.#moveSome(Number.POSITIVE_INFINITY);
    }
  }

  #moveSome(slots: number): void {
    if (this.#leaving === undefined) {
      if (this.#recent.size < this.#settings.generation) return;
      this.#leaving = { table: this.#recent, to: this.#last, next: 0 };
      this.#recent = new IdTable();
    }
    const { table, to, next } = this.#leaving;
    const end = Math.min(next + slots, table.capacity);
    this.#insertAll(table.entries(next, end));
    this.#leaving.next = end;
    if (end < table.capacity) return;
    this.#database.prepare('UPDATE id_index SET moved_to = ?').run(to);
    this.#leaving = undefined;
  }

  #insertAll(entries: Iterable<IdEntry>): void {
    let values: number[] = [];
    for (const { dataSet, hash, place } of entries) {
      values.push(dataSet, hash, place);
      if (values.length < AT_ONCE * 3) continue;
      this.#insert.run(values);
      values = [];
    }
    for (let index = 0; index < values.length; index += 3)
      this.#insertOne.run(values.slice(index, index + 3));
  }
}
