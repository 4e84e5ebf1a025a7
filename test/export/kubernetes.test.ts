import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { loadWriteApiConfig } from '../../src/config/load-write-api-config.ts';
import { formatProblem, problemOf } from '../../src/config/problem.ts';
import { Secret } from '../../src/config/secret.ts';
import type { Exportable } from '../../src/export/exportable.ts';
import {
  exportKubernetes,
  type KubernetesExport,
  type KubernetesOptions,
  type NeededSecret,
} from '../../src/export/kubernetes/kubernetes.ts';
import { kustomizeFiles, streamText } from '../../src/export/kubernetes/layout.ts';
import { type KubernetesObject, selectorLabels } from '../../src/export/kubernetes/manifest.ts';
import { WRITE_API } from '../../src/export/kubernetes/write-api.ts';
import { PROBES } from '../../src/status/probes.ts';
import {
  CONFIG,
  ENVIRONMENT,
  type Environment,
  exportableIn,
  exportableOf,
  type Files,
  job,
  mountFiles,
  servedIn,
  temporaryFolder,
  writeFiles,
} from './exportables.ts';
import { mistakesOf } from './kubernetes-api.ts';

const ALERTS = parse(readFileSync(resolve(import.meta.dirname, '../../docs/operating/alerts.yaml'), 'utf8'));
const OPTIONS: KubernetesOptions = {
  namespace: undefined,
  image: 'pp-db-collector:1.2.3',
  version: '1.2.3',
  replicas: 1,
  alertRules: ALERTS,
};
const CRON_JOBS: KubernetesOptions = { ...OPTIONS, replicas: undefined };

const FILES: Files = { 'config.yaml': CONFIG, 'collectors/visits.yaml': job() };

function exported(exportable: Exportable, options = OPTIONS): KubernetesExport {
  const made = exportKubernetes(exportable, options);
  if ('findings' in made) throw new Error(made.findings.map((each) => each.complaint.message).join('\n'));
  return made.value;
}

const exportOf = (files: Files, options = OPTIONS, environment: Environment = ENVIRONMENT) =>
  exported(exportableOf(files, environment), options);

/** What stands against an export, as it is told. */
function refusals(files: Files, options = OPTIONS, environment: Environment = ENVIRONMENT): string[] {
  const made = exportKubernetes(exportableOf(files, environment), options);
  return 'findings' in made ? made.findings.map((finding) => formatProblem(problemOf(finding))) : [];
}

const objectsOf = ({ manifests }: KubernetesExport): KubernetesObject[] =>
  manifests.flatMap(({ objects }) => objects);

// biome-ignore lint/suspicious/noExplicitAny: objects are looked into as their readers do
const find = (made: KubernetesExport, kind: string): any =>
  objectsOf(made).find((object) => object.kind === kind);

/** The files that a pod sees below the folder of the configuration. */
function filesInPod(made: KubernetesExport): Files {
  const workload = find(made, 'StatefulSet') ?? find(made, 'Deployment');
  const pod = (workload?.spec ?? find(made, 'CronJob').spec.jobTemplate.spec).template.spec;
  const maps = objectsOf(made).filter(({ kind }) => kind === 'ConfigMap');
  const { sources } = pod.volumes.find(({ name }: { name: string }) => name === 'configuration').projected;
  const files: Record<string, string> = {};
  for (const { configMap } of sources) {
    const data = maps.find(({ metadata }) => metadata.name === configMap?.name)?.data as Files | undefined;
    for (const { key, path } of configMap?.items ?? []) files[path] = data?.[key] ?? '';
  }
  return files;
}

describe('the daemon', () => {
  test('with a state in a file is one pod, with all that belongs to it', () => {
    const made = exportOf(FILES);
    expect(objectsOf(made).map(({ kind }) => kind)).toEqual([
      ...['ConfigMap', 'StatefulSet', 'Service', 'PodDisruptionBudget'],
      ...['PodMonitor', 'PrometheusRule', 'NetworkPolicy'],
    ]);
    expect(objectsOf(made).flatMap(mistakesOf)).toEqual([]);
    const { spec } = find(made, 'StatefulSet');
    expect(spec.replicas).toBe(1);
    const { startupProbe, livenessProbe, readinessProbe } = spec.template.spec.containers[0];
    const probes = [startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet.path);
    expect(new Set(probes)).toEqual(PROBES);
    // What only waits for others, such as the database of the state, is never started again.
    expect(probes).toEqual(['/healthz', '/healthz', '/readyz']);
    expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(
      Number(spec.template.spec.containers[0].args.at(-1)),
    );
  });

  test('with a state in memory is replaced, never doubled', () => {
    const files = { ...FILES, 'config.yaml': `${CONFIG}state: { memory: true }\n` };
    const made = exportOf(files);
    expect(find(made, 'Deployment').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(objectsOf(made).flatMap(mistakesOf)).toEqual([]);
    expect(refusals(files, { ...OPTIONS, replicas: 2 })).toEqual([
      expect.stringMatching(
        /^config.yaml:4:8 {2}state: expected a url of PostgreSQL, whose state 2 replicas share/,
      ),
    ]);
  });

  describe('with a state in a database', () => {
    const shared = (engine: string): Exportable => {
      const { config, ...others } = exportableOf(FILES);
      const state = { url: new Secret(() => 'postgres://state:sesame@10.0.0.7/state') };
      return {
        ...others,
        config: { ...config, state, schedule: { ...config.schedule, engine } } as unknown as Config,
      };
    };

    test('is as many replicas as are wanted, which are moved one at a time', () => {
      const made = exported(shared('pg-boss'), { ...OPTIONS, replicas: 3 });
      expect(objectsOf(made).flatMap(mistakesOf)).toEqual([]);
      expect(find(made, 'Deployment').spec).toMatchObject({
        replicas: 3,
        strategy: { type: 'RollingUpdate' },
      });
      expect(find(made, 'PodDisruptionBudget').spec.maxUnavailable).toBe(1);
      expect(JSON.stringify(find(made, 'NetworkPolicy'))).toContain('10.0.0.7/32');
      expect(find(made, 'StatefulSet')).toBeUndefined();
    });

    test('is one, as long as replicas would not take turns', () => {
      expect(find(exported(shared('local')), 'Deployment').spec.strategy).toEqual({ type: 'Recreate' });
      const made = exportKubernetes(shared('local'), { ...OPTIONS, replicas: 2 });
      const findings = 'findings' in made ? made.findings : [];
      expect(findings.map((finding) => formatProblem(problemOf(finding)))).toEqual([
        expect.stringContaining('schedule.engine: expected pg-boss, by which 2 replicas take turns'),
      ]);
    });

    test('needs no volumes for CronJobs', () => {
      const made = exported(shared('local'), CRON_JOBS);
      expect(find(made, 'PersistentVolumeClaim')).toBeUndefined();
      expect(objectsOf(made).flatMap(mistakesOf)).toEqual([]);
    });
  });

  test('reads in its pod what was exported, behind the links of a volume, and is reached there', () => {
    const files = {
      'config.yaml': `${CONFIG}collectors: jobs\nhttp: { listen: "127.0.0.1:9000" } # here\n`,
      'jobs/defaults.yaml': 'timezone: Europe/London\n',
      'jobs/deep/defaults.yaml': 'jitter: 5s\n',
      'jobs/deep/visits.yaml': job().replace(/query: .*/, 'query_file: ../../sql/visits.sql'),
      'sql/visits.sql': 'SELECT day, 1 AS count FROM visits WHERE day >= :from_date AND day < :to_date',
    };
    const made = exportOf(files);
    const folder = temporaryFolder();
    try {
      mountFiles(folder, filesInPod(made));
      const environment = Object.fromEntries(
        (made.secrets[0] as NeededSecret).content.variables.map(({ name }) => [name, 'secret']),
      );
      const options = { environment: { ...environment, ...ENVIRONMENT }, currentDirectory: folder };
      const { config, problems } = loadConfig('config.yaml', options);
      expect(problems).toEqual([]);
      expect(config?.http.listen).toEqual({ host: '0.0.0.0', port: 9_000 });
      expect(config?.http.token?.reveal()).toBe('secret');
      expect(config?.state).toEqual({ file: '/var/lib/pp-db-collector/collector.sqlite' });
      expect(config?.jobs).toMatchObject([{ name: 'visits', jitter: 5_000, query: files['sql/visits.sql'] }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(made.changes.flatMap(({ changes }) => changes).map(({ path }) => path.join('.'))).toEqual([
      'http.listen',
      'http.token',
      'state.file',
    ]);
    expect(filesInPod(made)['config.yaml']).toContain('# here');
  });

  test('keeps what holds in a pod already, byte by byte', () => {
    const config = `${CONFIG}http: {listen:  "0.0.0.0:9464",   token: "\${STATUS}"}
state: { file: /var/lib/pp-db-collector/state.sqlite }\n`;
    const made = exportOf({ ...FILES, 'config.yaml': config });
    expect(filesInPod(made)['config.yaml']).toBe(config);
    expect(find(made, 'PodMonitor').spec.podMetricsEndpoints[0].authorization.credentials.key).toBe('STATUS');
  });

  test('never listens to everybody with a token that may be left out', () => {
    const config = `${CONFIG}http: { listen: "0.0.0.0:9464", token: "\${STATUS:-}" }\n`;
    const made = exportOf({ ...FILES, 'config.yaml': config });
    expect(parse(filesInPod(made)['config.yaml'] ?? '').http.token).toBe('${STATUS}');
    expect((made.secrets[0] as NeededSecret).content.variables).toContainEqual({
      name: 'STATUS',
      isOptional: false,
    });
  });

  test('that does not listen cannot be asked by probes', () => {
    expect(refusals({ ...FILES, 'config.yaml': `${CONFIG}http: { listen: "off" }\n` })).toEqual([
      'config.yaml:4:17  http.listen: expected an address at which probes reach the daemon, got off; leave http.listen out, or export --cronjobs, which need none',
    ]);
  });

  test('is changed where the settings stand behind an alias, too', () => {
    const made = exportOf({ ...FILES, 'config.yaml': `${CONFIG}log: &nothing {}\nhttp: *nothing\n` });
    const read = parse(filesInPod(made)['config.yaml'] ?? '');
    expect(read.http).toEqual({ listen: '0.0.0.0:9464', token: '${STATUS_TOKEN}' });
    expect(read.log).toEqual({});
  });
});

describe('secrets', () => {
  const files = {
    'config.yaml': `${CONFIG}log: { level: "\${LEVEL:-info}" }\n# \${COMMENT}\n`,
    'collectors/visits.yaml': job('description: "$${NOT} ${TEAM}"'),
    'collectors/a/other.yaml': job().replace('${TOKEN}', '${file:/run/secrets/token}'),
    'collectors/b/third.yaml': job().replace('${TOKEN}', '${file:token}'),
    'collectors/c/fourth.yaml': job().replace('${TOKEN}', '${file:/run/secrets/deep/token}'),
  };
  const environment = { ...ENVIRONMENT, TOKEN: 'tell-nobody', TEAM: 'Benefits' };

  test('are exactly those that the files use', () => {
    const [secret] = exportOf(files, OPTIONS, environment).secrets;
    if (secret === undefined) throw new Error('no secret');
    expect(Object.keys(parse(secret.skeleton).stringData).toSorted()).toEqual([
      ...['DATABASE_URL', 'LEVEL', 'STATUS_TOKEN', 'TEAM', 'TOKEN'],
      ...['etc.pp-db-collector.collectors.b.token', 'run.secrets.deep.token', 'token'].toSorted(),
    ]);
    expect(mistakesOf(parse(secret.skeleton))).toEqual([]);
    expect(secret.command).toContain('--from-literal=TOKEN="${TOKEN:?}"');
    expect(secret.command).toContain('--from-file=token=/run/secrets/token');
    expect(secret.command).not.toContain('LEVEL');
  });

  test('stand where the files look for them, each folder mounted once', () => {
    const pod = find(exportOf(files, OPTIONS, environment), 'StatefulSet').spec.template.spec;
    const [container] = pod.containers;
    expect(container.env).toContainEqual({
      name: 'LEVEL',
      valueFrom: { secretKeyRef: { name: 'pp-db-collector', key: 'LEVEL', optional: true } },
    });
    const mounts = container.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath);
    expect(mounts).toEqual([...['/etc/pp-db-collector', '/run/secrets', '/var/lib/pp-db-collector', '/tmp']]);
    const [configuration, outside] = pod.volumes;
    expect(configuration.projected.sources.at(-1).secret.items).toMatchObject([
      { path: 'collectors/b/token' },
    ]);
    expect(outside.secret.items.map(({ path }: { path: string }) => path).toSorted()).toEqual([
      'deep/token',
      'token',
    ]);
  });

  test('are never written', () => {
    for (const options of [OPTIONS, CRON_JOBS]) {
      const made = exportOf(files, options, environment);
      const text = streamText(made, 'export', undefined) + JSON.stringify(kustomizeFiles(made, 'export'));
      expect(text).not.toMatch(/tell-nobody|sesame|stand-in/);
    }
  });

  test('that stand in a file are refused with their place, and not repeated', () => {
    const found = refusals({
      'config.yaml': CONFIG.replace('${DATABASE_URL}', 'postgres://reader:sesame@db.example/benefits'),
      'collectors/visits.yaml': job().replace('${TOKEN}', 'tell-nobody'),
    });
    expect(found).toEqual([
      expect.stringMatching(
        /^config.yaml:3:\d+ {2}databases.benefits.connection: expected a secret that is taken/,
      ),
      expect.stringMatching(
        /^collectors\/visits.yaml:3:\d+ {2}data_set.token: expected a secret that is taken/,
      ),
    ]);
    expect(found.join()).not.toMatch(/tell-nobody|sesame/);
  });

  test('that stand in for a variable are refused, too, but not an address without a password', () => {
    const files = {
      'config.yaml': CONFIG.replace(
        '${DATABASE_URL}',
        '${DATABASE_URL:-postgres://reader@db.example/benefits}',
      ),
      'collectors/visits.yaml': job().replace('${TOKEN}', '${TOKEN:-tell-nobody}'),
    };
    expect(refusals(files)).toEqual([
      expect.stringMatching(/^collectors\/visits.yaml:3:\d+ {2}data_set.token: /),
    ]);
    expect(refusals(files).join()).not.toContain('tell-nobody');
  });

  test('cannot be mounted over what the image has', () => {
    const found = refusals({
      ...FILES,
      'collectors/visits.yaml': job().replace('${TOKEN}', '${file:/etc/token}'),
    });
    expect(found).toEqual([expect.stringContaining('collectors/visits.yaml:3:')]);
    expect(found[0]).toContain('/run/secrets/pp-db-collector');
  });
});

describe('what a pod cannot reach is refused:', () => {
  const withDatabase = (settings: string) => ({
    ...FILES,
    'config.yaml': `write_api: { url: https://api.example }\ndatabases:\n  benefits: ${settings}\n`,
  });

  test.for([
    ['a file', '{ client: better-sqlite3, connection: { filename: visits.sqlite } }'],
    ['a socket', '{ client: pg, connection: { host: /run/postgresql, user: reader } }'],
    ['this machine', '{ client: pg, connection: { host: 127.0.0.1, user: reader } }'],
  ] as const)('%s', ([, settings]) => {
    expect(refusals(withDatabase(settings))).toEqual([
      expect.stringMatching(
        /^config.yaml:3:\d+ {2}databases.benefits.connection: expected a (server|host) that a pod/,
      ),
    ]);
  });

  test('a query outside of the folder, but not a certificate', () => {
    const config = `${CONFIG}allow_outside: true\n`;
    const visits = job().replace(/query: .*/, `query_file: ${resolve(import.meta.dirname, 'visits.sql')}`);
    const outside = temporaryFolder();
    mountFiles(outside, { 'ca.pem': '-----BEGIN CERTIFICATE-----\n' });
    const certificate = CONFIG.replace('api.example', `api.example, ca_file: ${join(outside, 'ca.pem')}`);
    const made = exportOf({ ...FILES, 'config.yaml': certificate });
    rmSync(outside, { recursive: true });
    expect(filesInPod(made)['certificates/ca.pem']).toContain('BEGIN');
    expect(parse(filesInPod(made)['config.yaml'] ?? '').write_api.ca_file).toBe('certificates/ca.pem');
    expect(() => exportableOf({ 'config.yaml': config, 'collectors/visits.yaml': visits })).toThrow(
      'unreadable',
    );
  });
});

describe('the network policy', () => {
  const egressTo = (host: string) => {
    const environment = { DATABASE_URL: `postgres://reader@${host}/benefits` };
    const made = exportOf(FILES, OPTIONS, environment);
    return find(made, 'NetworkPolicy').spec.egress.slice(1);
  };
  const port = (number: number) => ({ port: number, protocol: 'TCP' });

  test.for([
    ['db.example', { ports: [port(5_432)] }],
    ['10.1.2.3:6432', { to: [{ ipBlock: { cidr: '10.1.2.3/32' } }], ports: [port(6_432)] }],
    ['[2001:db8::1]', { to: [{ ipBlock: { cidr: '2001:db8::1/128' } }], ports: [port(5_432)] }],
    [
      'db.storage.svc.cluster.local',
      { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'storage' } } }] },
    ],
    ['db', { to: [{ podSelector: {} }] }],
  ] as const)('of a database at %s', ([host, rule]) => {
    expect(egressTo(host)).toEqual([rule, { ports: [port(443)] }]);
  });

  test('opens the way to a proxy in place of that to the write API', () => {
    const config = CONFIG.replace('api.example', 'api.example, proxy: "http://proxy.example:3128"');
    const made = exportOf({ ...FILES, 'config.yaml': config });
    expect(find(made, 'NetworkPolicy').spec.egress.at(-1)).toEqual({ ports: [port(3_128)] });
  });
});

describe('CronJobs', () => {
  const cronJobOf = (more: string) =>
    find(exportOf({ ...FILES, 'collectors/visits.yaml': job(more) }, CRON_JOBS), 'CronJob');

  test('have the times, the zone and the deadlines of their jobs, and a volume each', () => {
    const made = exportOf(
      { ...FILES, 'collectors/b.yaml': job(), 'collectors/c.yaml': job('enabled: false') },
      CRON_JOBS,
    );
    expect(objectsOf(made).map(({ kind }) => kind)).toEqual([
      ...[
        'ConfigMap',
        'PersistentVolumeClaim',
        'PersistentVolumeClaim',
        'CronJob',
        'CronJob',
        'NetworkPolicy',
      ],
    ]);
    expect(objectsOf(made).flatMap(mistakesOf)).toEqual([]);
    const { spec } = cronJobOf('timezone: America/New_York\ntimeout: 1h');
    expect(spec).toMatchObject({
      schedule: '30 6 * * *',
      timeZone: 'America/New_York',
      concurrencyPolicy: 'Forbid',
      jobTemplate: { spec: { activeDeadlineSeconds: 3_720 } },
    });
  });

  test('of verifications have names that are those of no job, and the volume of their job', () => {
    const verified = job('verify: { schedule: "0 3 * * 0", timeout: 3h }');
    const made = exportOf(
      { ...FILES, 'collectors/visits.yaml': verified, 'collectors/verify-visits.yaml': job() },
      CRON_JOBS,
    );
    expect(objectsOf(made).flatMap(mistakesOf)).toEqual([]);
    const cronJobs = objectsOf(made).filter(({ kind }) => kind === 'CronJob');
    expect(cronJobs.map(({ metadata }) => metadata.name)).toEqual([
      ...['pp-db-collector-verify-visits', 'pp-db-collector-visits', 'pp-db-collector--verify-visits'],
    ]);
    const spec = cronJobs[2]?.spec;
    expect(spec).toMatchObject({
      schedule: '0 3 * * 0',
      jobTemplate: { spec: { activeDeadlineSeconds: 10_920 } },
    });
    const text = JSON.stringify(spec);
    expect(text).toContain('["verify","visits","--scheduled"]');
    expect(text).toContain('"claimName":"pp-db-collector-visits"');
  });

  test.for([
    ['15 30 6 * * *', 'one with seconds'],
    ['0 6 */2 * 1', 'days of the month that must be days of the week, too'],
  ] as const)('cannot have the times %s', ([schedule, got]) => {
    const visits = job().replace('30 6 * * *', schedule);
    expect(refusals({ ...FILES, 'collectors/visits.yaml': visits }, CRON_JOBS)).toEqual([
      expect.stringMatching(
        `^collectors/visits.yaml:2:11  schedule: expected .* that Kubernetes can be told, got ${got.replaceAll('*', '\\*')}; `,
      ),
    ]);
  });

  test('are refused for a jitter, with the place of the defaults that set it', () => {
    const files = { ...FILES, 'collectors/defaults.yaml': 'jitter: 1m\n' };
    expect(refusals(files, CRON_JOBS)).toEqual([
      expect.stringMatching(/^collectors\/defaults.yaml:1:9 {2}jitter: /),
    ]);
  });
});

describe('the write API', () => {
  const write = `listen: 127.0.0.1:4000
data_sets:
  - { data_group: benefits, data_type: visits, token: "\${TOKEN}", schema: schemas/visits.json }
`;

  const exportWith = (config: string, storage = '') => {
    const folder = temporaryFolder();
    try {
      const files = { 'write-api.yaml': write + storage, 'schemas/visits.json': '{"type":"object"}' };
      writeFiles(folder, { ...FILES, 'config.yaml': config, ...files });
      return exported(exportableIn(folder), { ...OPTIONS, served: servedIn(folder) });
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test('goes with the collector, which is led to it where it meant this machine', () => {
    const made = exportWith(CONFIG.replace('https://api.example', 'http://127.0.0.1:4000'));
    expect(objectsOf(made).flatMap(mistakesOf)).toEqual([]);
    expect(parse(filesInPod(made)['config.yaml'] ?? '').write_api).toEqual({
      url: 'http://pp-db-collector-write-api:4000',
      allow_plain_http: true,
    });
    const to = [{ podSelector: { matchLabels: selectorLabels('write-api') } }];
    expect(find(made, 'NetworkPolicy').spec.egress).toContainEqual({
      to,
      ports: [{ port: 4_000, protocol: 'TCP' }],
    });
    expect(made.secrets.map(({ content }) => content.variables.map(({ name }) => name))).toEqual([
      ['DATABASE_URL', 'STATUS_TOKEN', 'TOKEN'],
      ['TOKEN'],
    ]);
  });

  test('reads in its pod what was exported, its schemas included', () => {
    const made = exportWith(CONFIG);
    const map = objectsOf(made).find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === WRITE_API,
    );
    const data = map?.data as Files;
    const folder = temporaryFolder();
    try {
      mountFiles(folder, {
        'write-api.yaml': data['write-api.yaml'] ?? '',
        'schemas/visits.json': data['schemas.visits.json'] ?? '',
      });
      const options = { environment: { TOKEN: 'secret' }, currentDirectory: folder };
      const { config, problems } = loadWriteApiConfig('write-api.yaml', options);
      expect(problems).toEqual([]);
      expect(config).toMatchObject({
        listen: { host: '0.0.0.0', port: 4_000 },
        storage: { file: '/var/lib/pp-db-collector/write-api.sqlite' },
        data_sets: [{ schema: { type: 'object' } }],
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
    // It is sent to where the configuration says.
    expect(parse(filesInPod(made)['config.yaml'] ?? '').write_api).toEqual({ url: 'https://api.example' });
  });

  test('with its records in a database has no volume, and may speak to it', () => {
    const made = exportWith(CONFIG, 'storage: { url: "postgres://store:${PASSWORD}@10.0.0.9/records" }\n');
    expect(objectsOf(made).flatMap(mistakesOf)).toEqual([]);
    expect(find(made, 'Deployment').metadata.name).toBe(WRITE_API);
    const policy = objectsOf(made).findLast(({ kind }) => kind === 'NetworkPolicy');
    expect(JSON.stringify(policy)).toContain('10.0.0.9/32');
  });
});

describe('whatever the jobs are called and say', () => {
  const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,90}$/);
  const folder = fc.stringMatching(/^[A-Za-z0-9äß %'"#&+@=-]{1,60}$/).filter((text) => text.trim() === text);
  const text = fc
    .string({ unit: 'grapheme', maxLength: 300 })
    .filter((each) => !each.includes('${') && !each.includes('\0'));
  const jobs = fc.uniqueArray(fc.record({ name, folder: fc.array(folder, { maxLength: 3 }), text }), {
    selector: (each) => each.name,
    minLength: 1,
    maxLength: 12,
  });

  test('all objects are taken, and readers of both versions of YAML read what was meant', () => {
    fc.assert(
      fc.property(jobs, fc.boolean(), (all, isDaemon) => {
        const files = Object.fromEntries(
          all.map((each) => [
            ['collectors', ...each.folder, `${each.name}.yaml`].join('/'),
            `${job()}description: ${JSON.stringify(each.text)}\n`,
          ]),
        );
        const made = exportOf({ 'config.yaml': CONFIG, ...files }, isDaemon ? OPTIONS : CRON_JOBS);
        const objects = objectsOf(made);
        expect(objects.flatMap(mistakesOf)).toEqual([]);
        const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
        expect(new Set(names).size).toBe(names.length);
        const { 'config.yaml': _, ...read } = filesInPod(made);
        expect(read).toEqual(files);
        const stream = streamText(made, 'export', 'on');
        for (const version of ['1.1', '1.2'] as const)
          expect(
            parseAllDocuments(stream, { version })
              .map((each) => each.toJS())
              .filter(Boolean),
          ).toEqual(objects);
      }),
      { numRuns: 25 },
    );
  });

  test('many large files go into ConfigMaps that can be applied', () => {
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [
        `collectors/job-${index}.yaml`,
        job(`# ${'x'.repeat(30_000)}\n`),
      ]),
    );
    const made = exportOf({ 'config.yaml': CONFIG, ...files });
    const maps = objectsOf(made).filter(({ kind }) => kind === 'ConfigMap');
    expect(maps.length).toBeGreaterThan(4);
    for (const map of maps) expect(Buffer.byteLength(JSON.stringify(map))).toBeLessThan(256 * 1_024);
    expect(Object.keys(filesInPod(made))).toHaveLength(31);
    expect(streamText(made, 'export', undefined)).not.toContain('--server-side');
    const large = exportOf({ ...FILES, 'collectors/large.yaml': job(`# ${'x'.repeat(300_000)}\n`) });
    expect(streamText(large, 'export', undefined)).toContain('--server-side');
    expect(objectsOf(made).flatMap(mistakesOf)).toEqual([]);
  });
});
