import { expect, test } from 'vitest';
import { checkQuery } from '../../src/advice/check-query.ts';
import { previewedWindows, previewRows } from '../../src/advice/preview-rows.ts';
import type { WindowJob } from '../../src/config/config.ts';
import type { Span } from '../../src/model/progress.ts';
import type { Row } from '../../src/model/row.ts';
import { jobOf } from '../support/collecting.ts';
import { column, listedSource } from './listed-source.ts';

const JOB = jobOf() as WindowJob;
const COLUMNS = [column('submitted_on', 'date'), column('channel', 'text'), column('count', 'integer')];
const NOW = Date.parse('2015-06-10T12:00:00Z');
const signal = new AbortController().signal;

function previewed(rows: readonly Row[], most = 10) {
  const route = { source: listedSource(COLUMNS, rows), localTime: { zone: 'UTC' } };
  return previewRows(JOB, previewedWindows(JOB, undefined, NOW).at(-1), most, route, signal);
}

test('the last window that is over is previewed, or the last one of a span', () => {
  const lastOf = (span?: Span) => previewedWindows(JOB, span, NOW).at(-1);
  expect(lastOf()).toMatchObject({ to: Date.parse('2015-06-09T23:00:00Z') });
  const span = { from: Date.parse('2015-01-01'), to: Date.parse('2015-01-03') };
  expect(lastOf(span)).toMatchObject({ to: span.to });
  const future = { from: Date.parse('2015-06-10T23:00:00Z'), to: Date.parse('2015-06-11T23:00:00Z') };
  expect(lastOf(future)).toBeUndefined();
});

test('rows stand beside their records, and no more of them than asked for', async () => {
  const { rows, window } = await previewed(
    [
      ['2015-06-09', 'web', '3'],
      ['2015-06-09', 'phone', '1'],
    ],
    1,
  );
  expect(window).toMatchObject({ to: Date.parse('2015-06-09T23:00:00Z') });
  expect(rows).toHaveLength(1);
  expect(JSON.parse(rows[0]?.record?.json ?? '')).toMatchObject({ channel: 'web', count: 3 });
});

test('a row that becomes no record says why, and so does one whose id an earlier one has', async () => {
  const { rows } = await previewed([
    ['2015-06-09', 'web', '3'],
    ['2015-02-30', 'web', '3'],
    ['2015-06-09', 'web', '4'],
  ]);
  expect(rows.map(({ record }) => record !== undefined)).toEqual([true, false, true]);
  expect(rows.map(({ problem }) => problem?.message)).toEqual([
    undefined,
    expect.stringContaining('2015-02-30'),
    expect.stringContaining('_id'),
  ]);
});

test('a query is checked by its columns alone: what each becomes', async () => {
  const route = { source: listedSource(COLUMNS, []), localTime: { zone: 'UTC' } };
  const { warnings, columns } = await checkQuery(JOB, route, NOW, signal);
  expect(warnings).toEqual([]);
  expect(columns).toEqual([
    { name: 'submitted_on', type: 'date', fields: [{ name: '_timestamp', type: 'instant' }] },
    { name: 'channel', type: 'text', fields: [{ name: 'channel', type: 'text' }] },
    { name: 'count', type: 'integer', fields: [{ name: 'count', type: 'integer' }] },
  ]);
});
