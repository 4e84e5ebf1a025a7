import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { METRICS } from '../../src/observe/metrics-table.ts';
import { metricsOfTheDaemon, unknownIn } from './operating-metrics.ts';
import { operatingFile, promtool } from './operating-tools.ts';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

const DASHBOARD = JSON.parse(operatingFile('dashboard.json'));
const PANELS: Panel[] = DASHBOARD.panels;
const EXPRESSIONS = PANELS.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** As Grafana fills in what stands for a span of time or for a choice. */
const filledIn = (expression: string) =>
  expression.replaceAll(/\$__\w+/g, '5m').replaceAll(/\$(?:instance|job|data_set)\b/g, '.*');

test('Grafana can import the dashboard and asks for the data source', () => {
  expect(DASHBOARD).toMatchObject({ title: 'pp-db-collector', schemaVersion: 41 });
  const variables = DASHBOARD.templating.list.map(({ name, type }: Record<string, string>) => [name, type]);
  expect(variables[0]).toEqual(['datasource', 'datasource']);
  expect(new Set(PANELS.map(({ id }) => id)).size).toBe(PANELS.length);
  const asking = PANELS.filter(({ type }) => type !== 'row');
  expect(new Set(asking.map(({ datasource }) => datasource?.uid))).toEqual(new Set(['${datasource}']));
});

test('panels lie side by side, none on another', () => {
  const taken = new Map<string, string>();
  for (const { title, gridPos } of PANELS) {
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(taken.get(`${x},${y}`), title).toBeUndefined();
        taken.set(`${x},${y}`, title);
      }
  }
});

test('every expression is PromQL', () => {
  expect(EXPRESSIONS.length).toBeGreaterThan(20);
  const folder = mkdtempSync(join(tmpdir(), 'pp-db-collector-'));
  try {
    const rules = EXPRESSIONS.map((expr, index) => ({ record: `panel:${index}`, expr: filledIn(expr) }));
    writeFileSync(join(folder, 'rules.yaml'), stringify({ groups: [{ name: 'panels', rules }] }));
    const { code, output } = promtool(['check', 'rules', 'rules.yaml'], folder);
    expect(code, output).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 300_000);

test('expressions name metrics and labels that the daemon has', async () => {
  const metrics = await metricsOfTheDaemon();
  const queries = DASHBOARD.templating.list.flatMap(
    ({ definition }: { definition?: string }) => definition ?? [],
  );
  expect([...EXPRESSIONS, ...queries].flatMap((expression) => unknownIn(expression, metrics))).toEqual([]);
});

test('every metric of the daemon is shown', () => {
  const shown = EXPRESSIONS.join('\n');
  expect(Object.values(METRICS).filter(({ name }) => !shown.includes(name))).toEqual([]);
});
