import { expect, test } from 'vitest';
import { Batches } from '../../src/records/batches.ts';

const record = (json: string) => ({ id: 'x', json });

function batchesOf(texts: readonly string[], max_batch_records: number, max_batch_bytes: number): string[][] {
  const batches = new Batches({ max_batch_records, max_batch_bytes });
  const complete = texts.flatMap((text) => {
    const batch = batches.add(record(text));
    return batch === undefined ? [] : [batch];
  });
  const rest = batches.rest();
  return [...complete, ...(rest === undefined ? [] : [rest])].map(({ bytes, ends }) => {
    const values: unknown[] = JSON.parse(bytes.toString());
    expect(ends).toHaveLength(values.length);
    return values.map((value) => JSON.stringify(value));
  });
}

test('a batch closes at its number of records', () => {
  expect(batchesOf(['1', '2', '3', '4', '5'], 2, 1_000)).toEqual([['1', '2'], ['3', '4'], ['5']]);
});

test('a batch closes before its JSON array would exceed its bytes, counted as UTF-8', () => {
  const bytes = (batch: string[]) => Buffer.byteLength(`[${batch.join(',')}]`);
  const batches = batchesOf(['"éé"', '"éé"', '"éé"', '"éé"'], 100, 17);
  expect(batches.map(bytes)).toEqual([15, 15]);
  expect(batchesOf(['"éé"', '"éé"'], 100, 15).map((batch) => batch.length)).toEqual([2]);
  expect(batchesOf(['"éé"', '"éé"'], 100, 14).map((batch) => batch.length)).toEqual([1, 1]);
});

test('a record larger than any batch is refused', () => {
  const batches = new Batches({ max_batch_records: 10, max_batch_bytes: 10 });
  expect(() => batches.add(record('"123456789"'))).toThrow(
    'a record of 11 bytes is larger than write_api.max_batch_bytes (10)',
  );
});

test('a record that alone fills a batch is not refused', () => {
  expect(batchesOf(['"123456"', '1'], 10, 10)).toEqual([['"123456"'], ['1']]);
});

test('a refused record leaves no trace in the batch', () => {
  const batches = new Batches({ max_batch_records: 2, max_batch_bytes: 10 });
  const refusal = () => batches.add(record('"123456789"'));
  expect(refusal).toThrow(expect.objectContaining({ deadLetterCause: 'too-large' }));
  batches.add(record('1'));
  expect(refusal).toThrow();
  batches.add(record('2'));
  expect(refusal).toThrow();
  expect(batches.add(record('3'))?.bytes.toString()).toBe('[1,2]');
  expect(batches.rest()?.bytes.toString()).toBe('[3]');
  expect(batches.rest()).toBeUndefined();
});

test('the memory of a batch is used again', () => {
  const batches = new Batches({ max_batch_records: 1, max_batch_bytes: 1_000 });
  batches.add(record('1'));
  const first = batches.add(record('2'));
  if (first === undefined) throw new Error('no batch');
  const second = batches.rest();
  batches.recycle(first);
  batches.add(record('3'));
  batches.add(record('4'));
  expect(second?.bytes.toString()).toBe('[2]');
  const memories = new Set([first.bytes.buffer, second?.bytes.buffer, batches.rest()?.bytes.buffer]);
  expect(memories.size).toBe(2);
});
