import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/config/load-config.ts';
import { PROBES } from '../../src/status/probes.ts';
import { installDebianPackage } from '../support/debian-package.ts';
import { Workplace } from '../support/program.ts';
import { operatingFile } from './operating-tools.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const UNIT = operatingFile('pp-db-collector.service');
const MANUAL = readFileSync(join(ROOT, 'docs/operating.md'), 'utf8');
const DOCUMENTS = parseAllDocuments(operatingFile('kubernetes.yaml')).map((document) => document.toJS());

let workplace: Workplace;

beforeEach(() => {
  workplace = new Workplace();
});

afterEach(() => workplace.remove());

/** Writes the secrets that a text names, and gives the text with their new places. */
function withSecrets(text: string, folder: string): string {
  for (const [, name = ''] of text.matchAll(new RegExp(`${folder}/([\\w-]+)`, 'g')))
    workplace.write(`secrets/${name}`, 'postgres://reader@localhost/benefits');
  return text.replaceAll(folder, join(workplace.folder, 'secrets'));
}

const load = (file: string) => loadConfig(file, { environment: {}, currentDirectory: workplace.folder });

describe('the systemd unit', () => {
  const setting = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(UNIT)?.[1];

  test('is one that systemd takes', () => {
    const verify = () =>
      spawnSync('systemd-analyze', ['verify', join(ROOT, 'docs/operating/pp-db-collector.service')], {
        encoding: 'utf8',
      });
    if (verify().error !== undefined) installDebianPackage('systemd');
    const { status, stdout, stderr, error } = verify();
    expect(error).toBeUndefined();
    expect(status, stdout + stderr).toBe(0);
    expect(stdout + stderr).toBe('');
  }, 300_000);

  test('leaves more time for a stop than the daemon takes', () => {
    const grace = Number(/--grace (\d+)/.exec(setting('ExecStart') ?? '')?.[1]);
    expect(Number(setting('TimeoutStopSec'))).toBeGreaterThan(grace);
  });

  test('goes with the config.yaml of the manual: same state, same credentials', () => {
    const folder = '/run/credentials/pp-db-collector.service';
    const blocks = [...MANUAL.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block);
    const config = blocks.find((block) => block.includes(folder)) ?? '';
    workplace.write('config.yaml', withSecrets(config, folder));
    workplace.write('collectors/.keep', '');
    const loaded = load('config.yaml');
    expect(loaded.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(loaded.config?.state).toEqual({ file: `/var/lib/${setting('StateDirectory')}/collector.sqlite` });
    const given = [...UNIT.matchAll(/^LoadCredential=([\w-]+):/gm)].map(([, name]) => name);
    const used = [...config.matchAll(/pp-db-collector\.service\/([\w-]+)/g)].map(([, name]) => name);
    expect(given).toEqual(expect.arrayContaining(used));
  });
});

describe('the objects for Kubernetes', () => {
  const deployment = DOCUMENTS.find(({ kind }) => kind === 'Deployment');
  const pod = deployment.spec.template.spec;
  const [container] = pod.containers;

  test('hold a configuration that loads as it stands', () => {
    const [config, jobs] = DOCUMENTS.filter(({ kind }) => kind === 'ConfigMap').map(({ data }) => data);
    const folder = '/run/secrets/pp-db-collector';
    const mounted = container.volumeMounts.find(({ name }: { name: string }) => name === 'jobs').mountPath;
    const text = withSecrets(config['config.yaml'], folder).replace(mounted, join(workplace.folder, 'jobs'));
    workplace.write('config.yaml', text);
    for (const [name, job] of Object.entries<string>(jobs))
      workplace.write(`jobs/${name}`, withSecrets(job, folder));
    const loaded = load('config.yaml');
    expect(loaded.problems).toEqual([]);
    expect(loaded.config?.jobs).toHaveLength(1);
    expect(loaded.config?.http.listen).toEqual({ host: '0.0.0.0', port: container.ports[0].containerPort });
    expect(loaded.config?.http.token).toBeDefined();
  });

  test('run one process at a time, and leave it more time for a stop than it takes', () => {
    expect(deployment.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(Number(container.args.at(-1)));
  });

  test('ask what needs no token', () => {
    const { livenessProbe, readinessProbe } = container;
    expect(new Set([livenessProbe, readinessProbe].map(({ httpGet }) => httpGet.path))).toEqual(PROBES);
  });

  test('mount volumes that there are, as folders', () => {
    const volumes = pod.volumes.map(({ name }: { name: string }) => name);
    for (const mount of container.volumeMounts) {
      expect(volumes).toContain(mount.name);
      expect(mount).not.toHaveProperty('subPath');
    }
  });
});
