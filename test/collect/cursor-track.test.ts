import { describe, expect, test } from 'vitest';
import { CursorTrack } from '../../src/collect/cursor-track.ts';
import type { CursorValue } from '../../src/model/query.ts';
import type { Column, ColumnKind } from '../../src/model/row.ts';
import { packRows } from '../../src/model/row-packer.ts';

const column = (name: string, kind: ColumnKind): Column => ({ name, kind, type: kind });
const ID = column('id', 'integer');
const NAME = column('name', 'text');

interface Options {
  readonly columns?: readonly Column[];
  readonly max_rows?: number;
  readonly after?: readonly CursorValue[];
}

const trackOf = ({ columns = [ID], max_rows = 100, after }: Options = {}) =>
  new CursorTrack(
    { columns: columns.map(({ name }) => name), start: columns.map(() => 0), lag: 0, max_rows },
    columns,
    after,
  );

const number = (text: string): CursorValue => ({ kind: 'number', text });
const textsOf = (position: readonly CursorValue[] | undefined) => position?.map(({ text }) => text).join();

/** What becomes of each row: where the job stands, and behind which rows it could go on; or that it is cut. */
function followed(track: CursorTrack, rows: readonly (readonly string[])[]): unknown[] {
  const batch = packRows(rows);
  return rows.map((_, row) => {
    const advanced = track.advance(batch, row);
    return advanced === 'cut' ? 'cut' : [textsOf(track.position), textsOf(track.closed)];
  });
}

const ids = (...texts: string[]) => texts.map((text) => [text]);

describe('a position', () => {
  test('is that of the last row, and closed behind the last group of equal ones that is over', () => {
    const track = trackOf();
    expect([track.position, track.closed]).toEqual([undefined, undefined]);
    expect(followed(track, ids('1', '1', '2', '2', '5'))).toEqual([
      ['1', undefined],
      ['1', undefined],
      ['2', '1'],
      ['2', '1'],
      ['5', '2'],
    ]);
  });

  test('goes on from one batch of rows to the next', () => {
    const track = trackOf();
    followed(track, ids('1', '2'));
    expect(followed(track, ids('2', '3'))).toEqual([
      ['2', '1'],
      ['3', '2'],
    ]);
  });

  test('may be the one where the query was to begin, which the first row need not be behind', () => {
    const track = trackOf({ after: [number('7')] });
    expect(followed(track, ids('7', '8'))).toEqual([
      ['7', undefined],
      ['8', '7'],
    ]);
  });

  test('is not closed behind texts that the database may take for equal', () => {
    const track = trackOf({ columns: [ID, NAME] });
    const rows = [
      ['1', 'a'],
      ['1', 'B'],
      ['2', 'A'],
    ];
    expect(followed(track, rows)).toEqual([
      ['1,a', undefined],
      ['1,B', undefined],
      ['2,A', '1,B'],
    ]);
  });
});

describe('a query is cut', () => {
  test('behind max_rows, where a group of equal positions is over', () => {
    expect(followed(trackOf({ max_rows: 2 }), ids('1', '2', '3')).at(-1)).toBe('cut');
    const rows = followed(trackOf({ max_rows: 2 }), ids('1', '2', '2', '2', '3'));
    expect(rows.slice(3)).toEqual([['2', '1'], 'cut']);
  });

  test('not before max_rows', () => {
    expect(followed(trackOf({ max_rows: 3 }), ids('1', '2', '3'))).not.toContain('cut');
  });

  test('only behind where it began, so that the next one begins further on', () => {
    const rows = ids('7', '7', '8', '9');
    expect(followed(trackOf({ max_rows: 1, after: [number('7')] }), rows).slice(1)).toEqual([
      ['7', undefined],
      ['8', '7'],
      'cut',
    ]);
  });

  test('leaves the job where it stands', () => {
    const track = trackOf({ max_rows: 1 });
    expect(followed(track, ids('1', '2'))).toEqual([['1', undefined], 'cut']);
    expect([textsOf(track.position), track.closed]).toEqual(['1', undefined]);
  });
});

describe('rows are out of order', () => {
  test('where one comes before the row before it', () => {
    const track = trackOf({ after: [number('1')] });
    expect(() => followed(track, ids('3', '2'))).toThrow(
      'the rows are not in the order of the cursor: (2) follows (3)',
    );
    expect(textsOf(track.position)).toBe('3');
  });

  test('where the first one comes before where the query was to begin', () => {
    expect(() => followed(trackOf({ after: [number('10')] }), ids('9'))).toThrow(
      'the query returns rows that are collected already: (9) comes before the position (10)',
    );
  });

  test('not where only the database knows the order', () => {
    const after: readonly CursorValue[] = [{ kind: 'text', text: 'z' }];
    const rows = followed(trackOf({ columns: [NAME], after, max_rows: 1 }), ids('b', 'a'));
    expect(rows).toEqual([
      ['b', undefined],
      ['a', undefined],
    ]);
  });
});
