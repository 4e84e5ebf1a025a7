import { expect, test } from 'vitest';
import { tryPosition } from '../../src/advice/try-position.ts';
import type { CursorJob } from '../../src/config/config.ts';
import type { CursorValue } from '../../src/model/query.ts';
import type { ColumnKind, Row } from '../../src/model/row.ts';
import { jobOf } from '../support/collecting.ts';
import { column, listedSource } from './listed-source.ts';

const JOB = jobOf({
  cursor: { columns: ['at', 'id'], start: ['2015-01-01', 0] },
  query: 'SELECT at, id FROM t WHERE (at, id) > (:at, :id) ORDER BY 1, 2',
}) as CursorJob;
const signal = new AbortController().signal;

function tried(
  texts: readonly string[],
  {
    rows = [],
    at = 'local-datetime',
    zone = 'UTC',
    stored,
    failure,
  }: {
    rows?: readonly Row[];
    at?: ColumnKind;
    zone?: string;
    stored?: readonly CursorValue[];
    failure?: Error;
  } = {},
) {
  const source = listedSource([column('at', at), column('id', 'integer')], rows, failure);
  return tryPosition(JOB, texts, stored, { source, localTime: { zone } }, signal);
}

const at = (text: string, id: string): readonly CursorValue[] => [
  { kind: 'datetime', text },
  { kind: 'number', text: id },
];

test('the columns decide what a text is, and how a time is written', async () => {
  expect(await tried(['2015-07-01T12:00:00Z', '17'], { zone: 'Europe/London' })).toEqual({
    kind: 'tried',
    cursor: at('2015-07-01 13:00:00', '17'),
    first: undefined,
    direction: undefined,
  });
  expect(await tried(['2015-07-01T12:00:00Z', '17'], { at: 'instant' })).toMatchObject({
    cursor: at('2015-07-01 12:00:00+00', '17'),
  });
});

test('a text that is no value of its column is unfit', async () => {
  expect(await tried(['2015-07-01', 'seventeen'])).toEqual({
    kind: 'unfit',
    text: 'seventeen',
    expected: 'a number such as 1234',
  });
  expect(await tried(['lately', '17'])).toMatchObject({ kind: 'unfit', text: 'lately' });
});

test('the first row behind it is told, and whether it lies before or behind the stored position', async () => {
  const rows = [['2015-07-02 00:00:00', '3']];
  const stored = at('2015-07-01 12:00:00', '17');
  expect(await tried(['2015-07-01 13:00:00', '1'], { rows, stored })).toMatchObject({
    kind: 'tried',
    first: at('2015-07-02 00:00:00', '3'),
    direction: 1,
  });
  expect(await tried(['2015-07-01 12:00:00', '16'], { rows, stored })).toMatchObject({ direction: -1 });
});

test('a query that returns a row before it passes it over', async () => {
  expect(await tried(['2015-07-03 00:00:00', '1'], { rows: [['2015-07-02 00:00:00', '3']] })).toEqual({
    kind: 'passed',
    cursor: at('2015-07-03 00:00:00', '1'),
    first: at('2015-07-02 00:00:00', '3'),
  });
});

test('without the database the stored position and the text itself say what it is', async () => {
  const failure = new Error('connection refused');
  expect(await tried(['2015-07-01', '17'], { failure })).toEqual({
    kind: 'untried',
    cursor: at('2015-07-01', '17'),
    reason: failure,
  });
  const stored: readonly CursorValue[] = [
    { kind: 'text', text: 'a' },
    { kind: 'number', text: '1' },
  ];
  expect(await tried(['2015-07-01', '17'], { failure, stored })).toMatchObject({
    cursor: [{ kind: 'text', text: '2015-07-01' }, { kind: 'number' }],
  });
  expect(await tried(['2015-07-01', 'x'], { failure, stored })).toMatchObject({ kind: 'unfit', text: 'x' });
});
