import type { GrowingBytes } from '../model/growing-bytes.ts';
import { Piece } from '../model/piece.ts';
import type { RawValue } from '../model/row.ts';
import { type RowBatch, STORED } from '../model/row-batch.ts';
import { ByteMemo } from './byte-memo.ts';
import type { PlainCopy } from './copied-values.ts';

/** Writes the JSON of the value at a place of a batch, which is not null. Throws NotARecordError. */
export type ValueWriter = (rows: RowBatch, place: number, json: GrowingBytes) => void;

/** The JSON text of a value that is not null: where the rules are. Throws NotARecordError. */
export type TextEncoding = (value: RawValue) => string;

/** Values that are plain are copied. */
export const copying =
  (plain: PlainCopy, encode: TextEncoding): ValueWriter =>
  (rows, place, json) => {
    const isPrinted = rows.stored === undefined || (rows.stored[place] ?? STORED.bytes) <= STORED.number;
    const start = rows.places[place * 2] as number;
    const end = rows.places[place * 2 + 1] as number;
    if (isPrinted && plain(rows.bytes, start, end, json)) return;
    json.text(encode(rows.at(place)));
  };

/** Numbers that are plain are copied by one rule, texts by another. */
export function copyingByType(number: PlainCopy, text: PlainCopy, encode: TextEncoding): ValueWriter {
  const [writeNumber, writeText] = [copying(number, encode), copying(text, encode)];
  return (rows, place, json) =>
    rows.stored?.[place] === STORED.number ? writeNumber(rows, place, json) : writeText(rows, place, json);
}

/** What became of a value is remembered. */
export function remembering(encode: TextEncoding): ValueWriter {
  const memo = new ByteMemo<Piece>();
  return (rows, place, json) => {
    const start = rows.places[place * 2] as number;
    const end = rows.places[place * 2 + 1] as number;
    const stored = rows.stored?.[place] ?? STORED.text;
    let written = memo.find(rows.bytes, start, end, stored);
    if (written === undefined) {
      written = new Piece(encode(rows.at(place)));
      memo.note(rows.bytes, start, end, stored, written);
    }
    json.piece(written);
  };
}
