import { expect, test } from 'vitest';
import { DuplicateIdError } from '../../src/collect/duplicate-id.ts';
import { ANY_ROWS } from '../../src/collect/expected-rows.ts';
import type { MarkedBatch } from '../../src/collect/marked-batch.ts';
import { cursorQuery, cursorRules } from '../../src/collect/queries.ts';
import { type QueryPlan, readRecords } from '../../src/collect/read-records.ts';
import type { RunContext } from '../../src/collect/run-context.ts';
import { RunSoFar } from '../../src/collect/run-so-far.ts';
import type { CursorJob } from '../../src/config/config.ts';
import type { DeadLetter } from '../../src/model/dead-letter.ts';
import type { Row } from '../../src/model/row.ts';
import { packRows } from '../../src/model/row-packer.ts';
import type { Source } from '../../src/model/source.ts';
import { Batches } from '../../src/records/batches.ts';
import { column, listedSource } from '../advice/listed-source.ts';
import { jobOf } from '../support/collecting.ts';

const COLUMNS = [column('id', 'integer'), column('at', 'instant'), column('name', 'text')];
const LOCAL_TIME = { zone: 'UTC' };

const row = (id: string | null, name: string, at: string | null = '2014-06-01 12:00:00+00'): Row => [
  id,
  at,
  name,
];

interface Options {
  readonly plan?: Partial<QueryPlan>;
  readonly cursor?: object;
  readonly id?: readonly string[];
  readonly max_batch_records?: number;
  readonly max_batch_bytes?: number;
}

/** What is made of rows that the database gives some at a time. */
function reading(parts: readonly (readonly Row[])[], options: Options = {}) {
  const job = jobOf({
    cursor: { columns: ['id'], start: [0], ...options.cursor },
    query: 'SELECT id, at, name FROM events WHERE id > :id ORDER BY id',
    record: { timestamp: 'at', id: options.id ?? ['name'] },
  }) as CursorJob;
  const seen = { closed: 0, taken: [] as MarkedBatch[], letters: [] as DeadLetter[], news: [] as string[] };
  const source: Source = {
    ...listedSource(COLUMNS, []),
    open: async () => ({
      columns: COLUMNS,
      batches: (async function* () {
        for (const part of parts) yield packRows(part);
      })(),
      async close() {
        seen.closed += 1;
      },
    }),
  };
  const run = new RunSoFar({
    job: job.name,
    number: 7,
    startedAt: 0,
    maxDeadLetters: 100,
    now: () => 0,
    observer(event) {
      seen.news.push(event.kind);
      if (event.kind === 'dead-letter') seen.letters.push(event.letter);
    },
  });
  const { signal } = new AbortController();
  const context = {
    ...{ job, run, route: { source, localTime: LOCAL_TIME }, signals: { read: signal, deliver: signal } },
  } as unknown as RunContext;
  const plan: QueryPlan = {
    query: cursorQuery(job, undefined, 0),
    rules: cursorRules(job, LOCAL_TIME),
    cursor: job.cursor,
    expected: ANY_ROWS,
    ...options.plan,
  };
  const { max_batch_records = 2, max_batch_bytes = 10_000 } = options;
  const read = () =>
    readRecords(plan, context, new Batches({ max_batch_records, max_batch_bytes }), async (batch) => {
      seen.taken.push(batch);
    });
  return { read, seen, run };
}

const namesIn = ({ batch }: MarkedBatch) => batch.texts().map((text) => JSON.parse(text).name);
const textOf = (cursor: MarkedBatch['cursor']) => cursor?.map(({ text }) => text).join();

test('a batch stands behind the last rows that are over, and was read with the row that found it full', async () => {
  const { read, seen } = reading([
    [row('1', 'a'), row('2', 'b'), row('3', 'c')],
    [row('3', 'd'), row('3', 'e'), row('4', 'f')],
  ]);
  const ended = await read();
  expect(seen.taken.map((each) => [namesIn(each), textOf(each.cursor), each.reading])).toEqual([
    [['a', 'b'], '2', { run: 7, row: 3 }],
    [['c', 'd'], '2', { run: 7, row: 5 }],
    [['e', 'f'], '4', { run: 7, row: 6 }],
  ]);
  expect([ended.isReady, ended.isCut, textOf(ended.cursor)]).toEqual([true, false, '4']);
  expect([seen.closed, seen.news]).toEqual([1, []]);
});

test('no row leaves until there are enough, and then all do', async () => {
  const rows = ['1', '2', '3', '4', '5'].map((id) => row(id, id));
  const few = reading([rows], { plan: { expected: { least: 6, most: undefined } } });
  expect(await few.read()).toMatchObject({ isReady: false, isCut: false });
  expect([few.seen.taken, few.run.counts.rows]).toEqual([[], 5]);
  const enough = reading([rows], { plan: { expected: { least: 5, most: undefined } } });
  expect(await enough.read()).toMatchObject({ isReady: true });
  expect(enough.seen.taken.map(namesIn)).toEqual([['1', '2'], ['3', '4'], ['5']]);
});

test('no row leaves until it is known that there are not too many, and then all do', async () => {
  const rows = ['1', '2', '3', '4', '5'].map((id) => row(id, id));
  const many = reading([rows], { plan: { expected: { least: 0, most: 4 } } });
  expect(await many.read()).toMatchObject({ isReady: false });
  expect(many.seen.taken).toEqual([]);
  expect(many.seen.news).toEqual(['rows-unexpected']);
  const right = reading([rows], { plan: { expected: { least: 5, most: 5 } } });
  expect(await right.read()).toMatchObject({ isReady: true });
  expect(right.seen.taken.map(namesIn)).toEqual([['1', '2'], ['3', '4'], ['5']]);
});

test('with too many rows no others are read', async () => {
  const rows = [
    [row('1', 'a')],
    [row('2', 'b'), row('3', 'c')],
    [row('4', 'd'), row('5', 'e')],
    [row('6', 'f')],
  ];
  const many = reading(rows, { plan: { expected: { least: 0, most: 2 } } });
  expect(await many.read()).toMatchObject({ isReady: false });
  expect(many.run.counts.rows).toBeLessThan(6);
  expect(many.seen.taken).toEqual([]);
});

test('of a query that is cut nothing behind is read, and what was read leaves', async () => {
  const rows = [[row('1', 'a')], [row('2', 'b'), row('3', 'c')], [row('4', 'd')]];
  const { read, seen, run } = reading(rows, { cursor: { max_rows: 2 } });
  const ended = await read();
  expect([ended.isCut, textOf(ended.cursor)]).toEqual([true, '2']);
  expect(seen.taken.map((each) => [namesIn(each), textOf(each.cursor)])).toEqual([[['a', 'b'], '2']]);
  expect([run.counts.rows, seen.closed]).toEqual([2, 1]);
});

test('a row that is no record is set aside under its id, or under a hash of its values, and the others leave', async () => {
  const { read, seen } = reading([
    [row('1', 'a'), row('2', 'b', null), row('3', 'c')],
    [row('4', 'd', 'never'), row('5', 'e')],
  ]);
  await read();
  expect(seen.taken.map(namesIn)).toEqual([['a', 'c'], ['e']]);
  const { taken, letters } = seen;
  const content = (id: string, name: string, at: string | null) => ({
    kind: 'row',
    columns: COLUMNS,
    row: row(id, name, at),
  });
  expect(letters.map(({ reading: read, cause, content }) => [read, cause, content])).toEqual([
    [{ run: 7, row: 2 }, 'not-a-record', content('2', 'b', null)],
    [{ run: 7, row: 4 }, 'not-a-record', content('4', 'd', 'never')],
  ]);
  const keys = letters.map(({ key }) => key);
  expect(new Set([...keys, ...taken.flatMap(({ batch }) => batch.records().map(({ id }) => id))]).size).toBe(
    5,
  );
  const unnamed = reading([[row('1', 'a', null), row('2', 'b', null)]], { id: ['_timestamp'] });
  await unnamed.read();
  expect(unnamed.seen.letters.map(({ key }) => key)).toEqual([
    expect.stringMatching(/^row:[\da-f]{32}$/),
    expect.stringMatching(/^row:[\da-f]{32}$/),
  ]);
  expect(new Set(unnamed.seen.letters.map(({ key }) => key)).size).toBe(2);
});

test('rows without an id are told apart by numbers that JavaScript cannot hold', async () => {
  const large = 2n ** 60n;
  const rows = [large, large + 1n].map((id): Row => [id, null, 'a']);
  const { read, seen } = reading([rows], { id: ['_timestamp'] });
  await read();
  expect(new Set(seen.letters.map(({ key }) => key)).size).toBe(2);
});

test('a record too large for any batch is set aside as such', async () => {
  const rows = [row('1', 'a'), row('2', 'x'.repeat(500)), row('3', 'c')];
  const { read, seen } = reading([rows], { max_batch_bytes: 300 });
  await read();
  expect(seen.taken.flatMap(namesIn)).toEqual(['a', 'c']);
  expect(seen.letters).toMatchObject([{ cause: 'too-large', reading: { run: 7, row: 2 } }]);
});

test.each([
  ['at once', [[row('1', 'a'), row('2', 'b'), row('3', 'a')]]],
  ['in two parts', [[row('1', 'a'), row('2', 'b')], [row('3', 'a')]]],
  ['with one set aside between', [[row('1', 'a'), row('2', 'b', null), row('3', 'a'), row('4', 'd', null)]]],
  ['in small batches', [[row('1', 'a'), row('2', 'b'), row('3', 'a'), row('4', 'd')]], 1],
])('two rows of one id fail the query, and are told, when they come %s', async (_how, parts, most = 100) => {
  const { read, seen } = reading(parts, { max_batch_records: most });
  const error = await read().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DuplicateIdError);
  expect(String(error)).toMatch(/rows 1 and 3\b/);
  expect(seen.taken.flatMap(namesIn)).toEqual(most === 1 ? ['a'] : []);
  expect(seen.closed).toBe(1);
});

test('a record is told to be newer than the dead letter of its id, in the batch that it leaves in', async () => {
  const rows = [row('1', 'a', null), row('2', 'b'), row('3', 'c'), row('4', 'a')];
  const { read, seen, run } = reading([rows]);
  await read();
  expect(seen.taken.map(namesIn)).toEqual([['b', 'c'], ['a']]);
  const [letter] = seen.letters;
  const id = seen.taken[1]?.batch.records()[0]?.id;
  expect(letter?.key).toBe(id);
  expect(seen.taken.map(({ healed }) => healed)).toEqual([
    [],
    [{ id, key: id, reading: { run: 7, row: 4 } }],
  ]);
  expect(run.counts.rows).toBe(4);
});
