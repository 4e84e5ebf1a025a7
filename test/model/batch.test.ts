import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Batch, BatchWriter } from '../../src/model/batch.ts';

const TEXTS = ['{"_id":"a","n":"é"}', '{"_id":"b"}', '{"n":"𝄞"}', '{"_id":"d"}'];
const four = Batch.of(TEXTS);
/** Of any records, as JSON. */
const texts = fc.array(fc.json(), { minLength: 1, maxLength: 20 });

function add(writer: BatchWriter, json: string): void {
  writer.begin().text(json);
  writer.end();
}

function written(records: readonly string[], writer = new BatchWriter()): Batch {
  for (const json of records) add(writer, json);
  const batch = writer.take();
  if (batch === undefined) throw new Error('no batch');
  return batch;
}

describe('a batch', () => {
  test('is the JSON array of its records', () => {
    expect(four.bytes.toString()).toBe(`[${TEXTS.join(',')}]`);
    expect(four.count).toBe(4);
    expect(Batch.of([]).bytes.toString()).toBe('[]');
  });

  test('knows the text of each record, whatever is in it, and however it was made', () => {
    fc.assert(
      fc.property(texts, (records) => {
        expect(Batch.of(records).texts()).toEqual(records);
        expect(written(records)).toEqual(Batch.of(records));
        const { bytes, ends } = Batch.of(records);
        expect(new Batch(Buffer.from(bytes), JSON.parse(JSON.stringify(ends))).texts()).toEqual(records);
      }),
    );
  });

  test('knows the ids of its records, as far as they have some', () => {
    expect(four.records()).toEqual(['a', 'b', '', 'd'].map((id, index) => ({ id, json: TEXTS[index] })));
    const strange = ['{"_id":7}', '[]', 'null', 'no JSON'];
    expect(
      Batch.of(strange)
        .records()
        .map(({ id }) => id),
    ).toEqual(['', '', '', '']);
  });
});

describe('a part of a batch', () => {
  test('is a batch of the records from one place to another', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(), (records, one, other) => {
        const [from, to] = [one % records.length, 1 + (other % records.length)];
        fc.pre(from < to);
        expect(Batch.of(records).part(from, to)).toEqual(Batch.of(records.slice(from, to)));
      }),
    );
  });

  test('is the batch itself where it is all of it', () => {
    expect(four.part(0, 4)).toBe(four);
  });
});

describe('a batch without some of its records', () => {
  test('is a batch of the others', () => {
    expect(four.without(new Set([0, 2]))).toEqual(Batch.of([TEXTS[1] ?? '', TEXTS[3] ?? '']));
    expect(four.without(new Set())).toEqual(four);
  });

  test('is none where none is left', () => {
    expect(four.without(new Set([0, 1, 2, 3]))).toBeUndefined();
  });
});

describe('a writer of batches', () => {
  test('tells how large the batch would be with one more record', () => {
    const writer = new BatchWriter();
    writer.begin().text('123');
    expect([writer.written, writer.size, writer.count]).toEqual([3, '[123]'.length, 0]);
    writer.drop();
    add(writer, '"é"');
    expect(writer.count).toBe(1);
    writer.begin().text('123');
    expect([writer.written, writer.size]).toEqual([3, Buffer.byteLength('["é",123]')]);
  });

  test('keeps a record that was begun for the next batch', () => {
    fc.assert(
      fc.property(texts, fc.json(), (records, begun) => {
        const writer = new BatchWriter();
        for (const json of records) add(writer, json);
        writer.begin().text(begun);
        expect(writer.take()).toEqual(Batch.of(records));
        writer.end();
        expect(written(['7'], writer)).toEqual(Batch.of([begun, '7']));
      }),
    );
  });

  test('closes a batch also where its records take all the room there is', () => {
    for (let length = 65_520; length < 65_540; length += 1) {
      const writer = new BatchWriter();
      const json = Buffer.from(`"${'x'.repeat(length - 2)}"`);
      writer.begin().copy(json);
      writer.end();
      expect(writer.take()?.bytes.toString()).toBe(`[${json}]`);
    }
  });

  test('begins anew with each batch, and has none without a record', () => {
    const writer = new BatchWriter();
    expect(writer.take()).toBeUndefined();
    expect(written(['1', '2'], writer).texts()).toEqual(['1', '2']);
    expect(writer.take()).toBeUndefined();
    expect(written(['3'], writer).texts()).toEqual(['3']);
  });

  test('uses the memory of a batch again that is given back, also for larger ones', () => {
    const writer = new BatchWriter();
    const [first, second] = [written(['1'], writer), written(['2'], writer)];
    writer.recycle(first);
    const third = written(['3'], writer);
    expect(third.bytes.buffer).not.toBe(second.bytes.buffer);
    const fourth = written(['4'], writer);
    expect(fourth.bytes.buffer).toBe(first.bytes.buffer);
    expect([second, third].map((batch) => batch.texts())).toEqual([['2'], ['3']]);
    writer.recycle(fourth);
    const large = `"${'x'.repeat(200_000)}"`;
    written(['5'], writer);
    expect(written([large, '6'], writer).texts()).toEqual([large, '6']);
  });
});
