import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type LoadedConfig, loadConfig } from '../../src/config/load-config.ts';

/** A config.yaml without mistakes. */
export const CONFIG = `
write_api:
  url: https://www.performance.service.gov.uk
databases:
  benefits:
    client: pg
    connection: \${DATABASE_URL}
`;

/** A job without mistakes. */
export const JOB = `
database: benefits
schedule: "30 6 * * *"
data_set:
  data_group: carers-allowance
  data_type: transactions
  token: \${TOKEN}
window:
  period: day
query: |
  SELECT day, channel, count FROM applications WHERE day >= :from AND day < :to
record:
  timestamp: day
  id: [_timestamp, channel]
`;

/** A cursor job without mistakes. */
export const CURSOR_JOB = `
database: benefits
data_set:
  data_group: carers-allowance
  data_type: events
  token: \${TOKEN}
cursor:
  columns: [updated_at, id]
  start: [2015-01-01T00:00:00Z, 0]
query: |
  SELECT updated_at, id, channel FROM events
  WHERE (updated_at, id) > (:updated_at, :id)
  ORDER BY updated_at, id
record:
  timestamp: updated_at
  id: [id]
`;

/** A snapshot job without mistakes. */
export const SNAPSHOT_JOB = `
database: benefits
data_set:
  data_group: carers-allowance
  data_type: waiting
  token: \${TOKEN}
snapshot: { period: hour }
query: SELECT channel, count(*) AS count FROM waiting GROUP BY channel
record:
  id: [_timestamp, channel]
`;

export const ENVIRONMENT = { DATABASE_URL: 'postgres://user:hunter2@localhost/benefits', TOKEN: 'hunter2' };

/** A new folder with these files, which only their owner may read; removed after the test. */
export function folderOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  afterwards: (remove: () => void) => void = onTestFinished,
): string {
  const folder = mkdtempSync(join(tmpdir(), 'pp-db-collector-config-'));
  afterwards(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
    chmodSync(join(folder, name), 0o600);
  }
  return folder;
}

/** Loads `config.yaml` of a folder as a process in that folder would. */
export function load(
  folder: string,
  environment: Readonly<Record<string, string>> = ENVIRONMENT,
): LoadedConfig {
  return loadConfig('config.yaml', { environment, currentDirectory: folder });
}

/** The same for files that need no folder of their own. */
export function loadFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  environment?: Readonly<Record<string, string>>,
): LoadedConfig {
  return load(
    folderOf({ 'config.yaml': CONFIG, 'collectors/transactions.yaml': JOB, ...files }),
    environment,
  );
}
