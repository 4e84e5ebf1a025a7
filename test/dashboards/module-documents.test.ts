import { describe, expect, test } from 'vitest';
import { moduleCsv, moduleDocument } from '../../src/dashboards/module-documents.ts';
import { dashboardOf, NONE, number, SUPPRESSED, viewOf } from './example-dashboards.ts';

const GROUPED = 'type: table, title: Visits, period: month, group_by: channel';

describe('the numbers of a module for programs', () => {
  const view = viewOf(GROUPED, {
    'by "post", or phone': [number(1_234.5), SUPPRESSED, NONE],
    web: [NONE, number(7, 2), NONE],
  });

  test('are a number or nothing in each cell of CSV, and remarks say why', () => {
    expect(moduleCsv(view, 'Europe/London').split('\r\n')).toEqual([
      'start_at,end_at,period,"by ""post"", or phone",web,Total,remarks',
      '2023-04-01,2023-05-01,April 2023,1234.5,,1234.5,',
      '2023-05-01,2023-06-01,May 2023,,7,7,"by ""post"", or phone: suppressed; web: at least, without 2 suppressed ' +
        'numbers; Total: at least, without 1 suppressed number"',
      '2023-06-01,2023-07-01,June 2023,,,,',
      '',
    ]);
  });

  test('are nothing that a spreadsheet would calculate, whatever groups are called', () => {
    const named = viewOf(GROUPED, {
      '=HYPERLINK("http://a")': [number(-4.5)],
      '+44 20': [SUPPRESSED],
      '-5': [number(1)],
      '@a': [number(2)],
      'a=b': [number(3)],
    });
    expect(moduleCsv(named, 'Europe/London').split('\r\n')).toEqual([
      'start_at,end_at,period,"\'=HYPERLINK(""http://a"")",\'+44 20,-5,\'@a,a=b,Total,remarks',
      '2023-04-01,2023-05-01,April 2023,-4.5,,1,2,3,1.5,"\'+44 20: suppressed; Total: at least, without 1 suppressed ' +
        'number"',
      '',
    ]);
  });

  test('keep all their digits in JSON', () => {
    const digits = { ...number(0), text: '12345678901234567890.5' } as ReturnType<typeof number>;
    const { dashboard, views } = dashboardOf([
      viewOf('type: kpi, title: Visits, period: month', { '': [digits, SUPPRESSED, number(1, 1), NONE] }),
    ]);
    const [only] = views;
    if (only === undefined) throw new Error('there is no view');
    const text = JSON.stringify(moduleDocument(only, dashboard));
    expect(text).toContain('"values":[{"value":12345678901234567890.5}]');
    expect(JSON.parse(text)).toMatchObject({
      dashboard: 'visits',
      module: 'visits',
      data_set: 'a/b',
      updated_at: '2024-04-02T05:04:00Z',
      stale: false,
      columns: ['Visits'],
      rows: [
        { start_at: '2023-04-01', end_at: '2023-05-01', period: 'April 2023' },
        { values: [{ value: null, reason: 'suppressed' }] },
        { values: [{ value: 1, missing: 1, suppressed: 1, at_least: true }] },
        { values: [{ value: null, reason: 'no data' }] },
      ],
    });
  });
});
