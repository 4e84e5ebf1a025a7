import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { exportKubernetes } from '../../src/export/kubernetes/kubernetes.ts';
import type { KubernetesObject } from '../../src/export/kubernetes/manifest.ts';
import { CONFIG, exportableOf, job } from './exportables.ts';
import { KINDS } from './kubernetes-api.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const ALERTS = parse(readFileSync(join(ROOT, 'docs/operating/alerts.yaml'), 'utf8'));

function objectsOf(config: string, replicas: number | undefined): readonly KubernetesObject[] {
  const files = {
    'config.yaml': config,
    'collectors/visits.yaml': job().replace('${TOKEN}', '${file:/run/secrets/token}'),
  };
  const options = { namespace: 'reporting', image: 'image', version: '1.2.3', replicas, alertRules: ALERTS };
  const made = exportKubernetes(exportableOf(files), options);
  if ('findings' in made) throw new Error(JSON.stringify(made.findings));
  return made.value.manifests.flatMap(({ objects }) => objects);
}

/** What the compiler says of objects that are written out with their types. */
function compiled(objects: readonly object[]): string {
  const folder = mkdtempSync(join(ROOT, 'node_modules/.export-'));
  try {
    const lines = (objects as KubernetesObject[]).map(({ kind, ...rest }, index) => {
      const [, module] = KINDS[kind as keyof typeof KINDS];
      const object = JSON.stringify({ kind, ...rest });
      return `export const object${index}: import('${module}').I${kind} = ${object};\n`;
    });
    writeFileSync(join(folder, 'objects.ts'), lines.join(''));
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--ignoreConfig', '--module', 'nodenext'];
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    const { stdout, error } = spawnSync(tsc, [...options, join(folder, 'objects.ts')], { encoding: 'utf8' });
    if (error !== undefined) throw error;
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// The schemas take keys that nobody knows, and the API server drops them without a word.
test('objects have no key that Kubernetes and the Prometheus operator do not know', () => {
  const objects = [
    ...objectsOf(CONFIG, 1),
    ...objectsOf(`${CONFIG}state: { memory: true }\n`, 1),
    ...objectsOf(CONFIG, undefined),
  ];
  expect(compiled(objects)).toBe('');
  const [first] = objects;
  expect(compiled([{ ...first, datas: {} }])).toContain("does not exist in type 'IConfigMap'");
}, 120_000);
