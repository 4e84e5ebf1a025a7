import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadWriteApiConfig } from '../../src/config/load-write-api-config.ts';
import { formatProblem } from '../../src/config/problem.ts';
import type { Module } from '../../src/model/dashboard.ts';
import { DASHBOARD, WRITE_API } from './dashboards.ts';
import { folderOf } from './folder.ts';

function load(files: Readonly<Record<string, string>>) {
  const currentDirectory = folderOf({ 'write-api.yaml': WRITE_API, ...files });
  const options = { environment: { TOKEN: 'hunter2' }, currentDirectory };
  const { problems, ...loaded } = loadWriteApiConfig('write-api.yaml', options);
  return { ...loaded, told: problems.map((problem) => formatProblem(problem)) };
}

/** The only module of a dashboard of this text. */
function moduleOf(text: string): Module | undefined {
  const { told, dashboards } = load({ 'dashboards/a.yaml': `title: A\nmodules:\n  - ${text}\n` });
  expect(told).toEqual([]);
  const [part] = dashboards[0]?.parts ?? [];
  return part?.kind === 'section' ? undefined : part;
}

test('a dashboard is known by the name of its file, has dates and addresses, and is frozen', () => {
  const { told, dashboards } = load({ 'dashboards/service/carers-allowance.yaml': DASHBOARD });
  expect(told).toEqual([]);
  expect(dashboards).toMatchObject([
    {
      slug: 'carers-allowance',
      file: 'dashboards/service/carers-allowance.yaml',
      notes: [{ at: Date.UTC(2024, 3, 8) }],
      parts: [
        { slug: 'digital-take-up', title: 'Digital take-up', format: { type: 'percent' }, show: 'lines' },
        { slug: 'completion-rate', period: 'week', duration: 9 },
        {
          slug: 'user-satisfaction',
          dataSet: { data_group: 'carers-allowance', data_type: 'user-satisfaction-score', name: 'ratings' },
        },
        { slug: 'cost-per-transaction', format: { type: 'currency' } },
        {
          kind: 'section',
          slug: 'applications',
          modules: [
            {
              slug: 'by-channel',
              filters: [
                { field: 'service', value: 'carers-allowance' },
                { field: 'year', value: '2024' },
                { field: 'is_test', value: false },
              ],
              startAt: Date.UTC(2023, 0, 2),
              groupBy: 'channel',
              show: 'stacked',
            },
          ],
        },
      ],
    },
  ]);
  expect(Object.isFrozen(dashboards[0]?.parts[4])).toBe(true);
});

describe('the formula of a module', () => {
  const CHANNELS = 'data_set: carers-allowance/transactions-by-channel';
  test.each([
    [
      `{ measure: digital_take_up, ${CHANNELS}, digital: [digital, 1] }`,
      {
        kind: 'ratio',
        numerator: { value: 'count', where: { field: 'channel', is: ['digital', '1'] } },
        denominator: { value: 'count', where: { field: 'channel' } },
        divisor: 1,
      },
    ],
    [
      `{ measure: digital_take_up, ${CHANNELS}, digital: { sum: digital_count } }`,
      { kind: 'ratio', numerator: { value: 'digital_count' }, denominator: { value: 'count' }, divisor: 1 },
    ],
    [
      `{ measure: completion_rate, ${CHANNELS}, started: { sum: started }, completed: { field: stage, is: done } }`,
      {
        kind: 'ratio',
        numerator: { value: 'count', where: { field: 'stage', is: ['done'] } },
        denominator: { value: 'started' },
        divisor: 1,
      },
    ],
    [
      `{ measure: user_satisfaction, ${CHANNELS}, ratings: [bad, poor, fair, good, great] }`,
      { kind: 'satisfaction', ways: [['bad', 'poor', 'fair', 'good', 'great'].map((value) => ({ value }))] },
    ],
    [
      `{ measure: cost_per_transaction, ${CHANNELS} }`,
      { kind: 'last', of: { value: 'cost_per_transaction' } },
    ],
    [
      `{ measure: cost_per_transaction, ${CHANNELS}, cost: { sum: pence }, transactions: { sum: all }, cost_in: pence }`,
      { kind: 'ratio', numerator: { value: 'pence' }, denominator: { value: 'all' }, divisor: 100 },
    ],
    [
      `{ type: kpi, title: Mean, ${CHANNELS}, period: day, value: days, collect: mean }`,
      { kind: 'mean', of: { value: 'days' } },
    ],
    [`{ type: kpi, title: Records, ${CHANNELS}, period: day, collect: count }`, { kind: 'count' }],
  ])('%s', (text, formula) => {
    expect(moduleOf(text)?.formula).toEqual(formula);
  });
});

test('what looks like a value from outside stays what it is, so that no secret gets on a page', () => {
  const { told, dashboards } = load({
    'dashboards/a.yaml': DASHBOARD.replace('Service dashboard', '"${TOKEN} ${file:write-api.yaml}"'),
  });
  expect(told).toEqual([]);
  expect(dashboards[0]?.strapline).toBe('${TOKEN} ${file:write-api.yaml}');
});

test('a dashboard with a mistake is rejected, the others are loaded', () => {
  const { told, dashboards, rejectedDashboards, config } = load({
    'dashboards/a.yaml': DASHBOARD,
    'dashboards/b.yaml': DASHBOARD.replace('title: Carer', 'tilte: Carer'),
  });
  expect(told).toEqual([
    'dashboards/b.yaml:2:1  tilte: expected a known key, got "tilte"; did you mean "title"?',
  ]);
  expect(dashboards.map(({ slug }) => slug)).toEqual(['a']);
  expect(rejectedDashboards).toEqual([{ slug: 'b', file: 'dashboards/b.yaml' }]);
  expect(config).toBeDefined();
});

test('dashboards are checked although write-api.yaml is wrong, against the data sets that it tells', () => {
  const { told, dashboards } = load({
    'write-api.yaml': WRITE_API.replace('dashboards:', 'listen: nowhere\ndashboards:'),
    'dashboards/a.yaml': DASHBOARD.replace('/completion-rate', '/completion'),
  });
  expect(told).toEqual([
    'write-api.yaml:2:9  listen: expected a host and a port such as 127.0.0.1:3039 or [::1]:3039, got "nowhere"',
    'dashboards/a.yaml:16:15  modules[1].data_set: expected a data set of write-api.yaml, got "carers-allowance/completion"; ' +
      'did you mean "carers-allowance/completion-rate"?',
  ]);
  expect(dashboards).toEqual([]);
});

test.each([
  [
    'two of one name',
    { 'dashboards/a.yaml': DASHBOARD, 'dashboards/more/a.yaml': DASHBOARD },
    [
      'dashboards/a.yaml:1:1  expected a name that no other dashboard has, got "a", which is also dashboards/more/a.yaml',
      'dashboards/more/a.yaml:1:1  expected a name that no other dashboard has, got "a", which is also dashboards/a.yaml',
    ],
  ],
  [
    'an empty folder',
    { 'dashboards/README.md': '' },
    [
      'write-api.yaml:2:13  warning: dashboards: expected a folder with dashboards (*.yaml), got none in dashboards',
    ],
  ],
  [
    'no folder',
    {},
    [
      'write-api.yaml:2:13  dashboards: expected a folder of dashboards, got no such file or directory for dashboards',
    ],
  ],
  [
    'a file of another kind',
    { 'dashboards/a.yaml': DASHBOARD, 'dashboards/b.json': '{}' },
    [
      'dashboards/b.json:1:1  warning: expected a file name that ends in .yaml or .yml, got one that is passed over; ' +
        'rename it if it is a dashboard, or move it elsewhere',
    ],
  ],
])('a folder of dashboards with %s', (_, files, expected) => {
  expect(load(files).told).toEqual(expected);
});

test('the dashboard of docs/dashboards.md loads as it stands', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/dashboards.md'), 'utf8');
  const dashboard = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block)[1] ?? '';
  expect(dashboard).toContain('measure: digital_take_up');
  expect(load({ 'dashboards/carers-allowance.yaml': dashboard }).told).toEqual([]);
});
