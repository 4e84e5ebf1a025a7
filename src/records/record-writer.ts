import { GrowingBytes } from '../model/growing-bytes.ts';
import { Piece } from '../model/piece.ts';
import type { DataRecord } from '../model/record.ts';
import type { RowBatch } from '../model/row-batch.ts';
import type { Field, FieldWriter } from './fields.ts';
import type { IdMaker } from './id.ts';

const ID_KEY = new Piece('{"_id":');
const TIMESTAMP_KEY = new Piece(',"_timestamp":');
const END = new Piece('}');

/** Writes the records of one query: values first, then their `_id` into the room that was left for it. */
export class RecordWriter {
  readonly #timestamp: FieldWriter;
  readonly #fields: readonly { readonly key: Piece; readonly write: FieldWriter }[];
  readonly #id: IdMaker;
  /** The record that is written, and where in it the JSON of `_timestamp` and of each field starts and ends. */
  readonly #values: { json: GrowingBytes; readonly spans: Int32Array };

  constructor(timestamp: FieldWriter, fields: readonly Field[], id: IdMaker) {
    this.#timestamp = timestamp;
    this.#fields = fields.map(({ name, write }) => ({ key: new Piece(`,"${name}":`), write }));
    this.#id = id;
    this.#values = { json: new GrowingBytes(), spans: new Int32Array((fields.length + 1) * 2) };
  }

  /** Where the JSON of `_timestamp` and of each field starts and ends in the record that was written last. */
  get spans(): Int32Array {
    return this.#values.spans;
  }

  /** Throws NotARecordError, and may have written a part of the record. */
  write(rows: RowBatch, row: number, json: GrowingBytes): void {
    json.piece(ID_KEY);
    const idAt = json.length;
    json.reserve(this.#id.length);
    json.length += this.#id.length;
    json.piece(TIMESTAMP_KEY);
    const { spans } = this.#values;
    this.#values.json = json;
    spans[0] = json.length;
    this.#timestamp(rows, row, json);
    spans[1] = json.length;
    let at = 2;
    for (const { key, write } of this.#fields) {
      json.piece(key);
      spans[at++] = json.length;
      write(rows, row, json);
      spans[at++] = json.length;
    }
    json.piece(END);
    this.#id.write(rows, row, this.#values, idAt);
  }

  /** The record of the only row of a batch. Throws NotARecordError. */
  record(rows: RowBatch): DataRecord {
    const json = new GrowingBytes();
    this.write(rows, 0, json);
    const id = json.bytes.toString(
      'utf8',
      ID_KEY.length,
      (this.#values.spans[0] ?? 0) - TIMESTAMP_KEY.length,
    );
    return { id: JSON.parse(id), json: json.bytes.toString('utf8', 0, json.length) };
  }
}
