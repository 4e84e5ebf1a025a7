import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { configurationFiles, writeApiFiles } from '../../src/config/configuration-files.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { loadWriteApiConfig } from '../../src/config/load-write-api-config.ts';
import type { Exportable } from '../../src/export/exportable.ts';
import type { ServedWriteApi } from '../../src/export/kubernetes/write-api.ts';

/** Configurations in folders of their own, for exports. */

export const STAND_IN = 'stand-in';

export type Files = Readonly<Record<string, string>>;
export type Environment = Readonly<Record<string, string>>;

export const CONFIG = `write_api: { url: https://api.example }
databases:
  benefits: { client: pg, connection: "\${DATABASE_URL}" }
`;

export const job = (more = ''): string => `database: benefits
schedule: "30 6 * * *"
data_set: { data_group: benefits, data_type: visits, token: "\${TOKEN}" }
window: { period: day }
query: SELECT day, count(*) AS count FROM visits WHERE day >= :from_date AND day < :to_date GROUP BY day
record: { timestamp: day, id: [_timestamp] }
${more}`;

export const ENVIRONMENT: Environment = { DATABASE_URL: 'postgres://reader:sesame@db.example/benefits' };

export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'export-')));
}

export function writeFiles(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
  }
}

/** What a configuration is exported from. Throws its mistakes. @param folder with its files */
export function exportableIn(folder: string, environment: Environment = ENVIRONMENT): Exportable {
  const options = { environment, currentDirectory: folder, standIn: STAND_IN };
  const { config, problems, rejectedJobs } = loadConfig('config.yaml', options);
  if (config === undefined || rejectedJobs.length > 0) throw new Error(JSON.stringify(problems));
  return { config, folder, files: configurationFiles(config, options) };
}

/** The write API beside it. */
export function servedIn(folder: string): ServedWriteApi {
  const environment = { PASSWORD: 'sesame' };
  const options = { environment, currentDirectory: folder, standIn: STAND_IN };
  const { config, problems } = loadWriteApiConfig('write-api.yaml', options);
  if (config === undefined) throw new Error(JSON.stringify(problems));
  return { config, folder, files: writeApiFiles(join(folder, 'write-api.yaml'), options) };
}

/** The same of files that are there only meanwhile. */
export function exportableOf(files: Files, environment: Environment = ENVIRONMENT): Exportable {
  const folder = temporaryFolder();
  try {
    writeFiles(folder, files);
    return exportableIn(folder, environment);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Puts files where they would be in a pod, as Kubernetes does it: behind two links, so that all change at once. */
export function mountFiles(folder: string, files: Files): void {
  const version = '..2026_01_01_00_00_00.1';
  writeFiles(join(folder, version), files);
  symlinkSync(version, join(folder, '..data'));
  for (const name of new Set(Object.keys(files).map((path) => path.split('/')[0] ?? '')))
    symlinkSync(join('..data', name), join(folder, name));
}
