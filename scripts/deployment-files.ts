import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { configurationFiles } from '../src/config/configuration-files.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { exportKubernetes } from '../src/export/kubernetes/kubernetes.ts';
import { kustomizeFiles, type LayoutFile } from '../src/export/kubernetes/layout.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** The address only opens the port of its kind of database. */
const ENVIRONMENT = { BENEFITS_DATABASE_URL: 'postgres://db.example/benefits' };

/** `deploy/kubernetes/`: the base for Kustomize that the command makes of `deploy/config.yaml`. */
export function deploymentFiles(): readonly LayoutFile[] {
  const options = { environment: ENVIRONMENT, currentDirectory: ROOT, standIn: 'stand-in' };
  const { config, problems } = loadConfig('deploy/config.yaml', options);
  if (config === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const alertRules = parse(readFileSync(join(ROOT, 'docs/operating/alerts.yaml'), 'utf8'));
  const exportable = {
    config,
    folder: join(ROOT, 'deploy'),
    files: configurationFiles(config, options),
  };
  const image = `pp-db-collector:${version}`;
  const made = exportKubernetes(exportable, {
    namespace: undefined,
    image,
    version,
    replicas: 1,
    alertRules,
  });
  if ('findings' in made) throw new Error(made.findings.map(({ complaint }) => complaint.message).join('\n'));
  return kustomizeFiles(made.value, 'pp-db-collector export kubernetes');
}
