import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { METRICS } from '../../src/observe/metrics-table.ts';
import { metricsOfTheDaemon, unknownIn } from './operating-metrics.ts';
import { operatingFile, promtool } from './operating-tools.ts';

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly annotations?: { readonly runbook: string };
}

const MANUAL = readFileSync(join(import.meta.dirname, '../../docs/operating.md'), 'utf8');
const RULES: Rule[] = parse(operatingFile('alerts.yaml')).groups.flatMap(
  ({ rules }: { rules: Rule[] }) => rules,
);
const ALERTS = RULES.flatMap(({ alert }) => alert ?? []);

test('promtool finds nothing wrong with the rules and the scrape configuration', () => {
  expect(promtool(['check', 'rules', 'alerts.yaml'])).toMatchObject({ code: 0 });
  expect(promtool(['check', 'config', '--syntax-only', 'prometheus.yaml'])).toMatchObject({ code: 0 });
}, 300_000);

test('each alert fires on the series on which it should, and on no others', () => {
  const { code, output } = promtool(['test', 'rules', 'alerts.test.yaml', 'alerts-days.test.yaml']);
  expect(code, output).toBe(0);
}, 300_000);

test('each alert is seen firing by the tests of the rules', () => {
  const expected = operatingFile('alerts.test.yaml') + operatingFile('alerts-days.test.yaml');
  const seen = [...expected.matchAll(/labels: '\{alertname="(\w+)"/g)].map(([, name = '']) => name);
  expect(new Set(seen)).toEqual(new Set(ALERTS));
});

test('rules name metrics and labels that the daemon has', async () => {
  const metrics = await metricsOfTheDaemon();
  expect(RULES.length).toBeGreaterThan(10);
  expect(RULES.flatMap(({ expr }) => unknownIn(expr, metrics))).toEqual([]);
});

test('each alert has a section that tells what it means, where to look, what to do and whom to call', () => {
  const sections = MANUAL.split(/^(?=###? )/m).filter((section) => section.startsWith('### PpDbCollector'));
  expect(sections.map((section) => /^### (\w+)/.exec(section)?.[1])).toEqual(ALERTS);
  for (const section of sections)
    for (const part of ['Means', 'First look', 'Do', 'Escalate']) expect(section).toContain(`\n**${part}**`);
  for (const { alert, annotations } of RULES.filter((rule) => rule.alert !== undefined))
    expect(annotations?.runbook).toBe(`operating.md#${alert?.toLowerCase()}`);
});

test('the table of metrics has those of the daemon, each with what it tells', () => {
  const rows = Object.values(METRICS).map(({ name, type, labels, help, tells }) => {
    const names = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${names} | ${help}. ${tells} |`;
  });
  const [, table = ''] = /<!-- metrics: .*? -->\n\n(.*?)\n\n<!-- end of metrics -->/s.exec(MANUAL) ?? [];
  expect(table.split('\n').slice(2)).toEqual(rows);
});
