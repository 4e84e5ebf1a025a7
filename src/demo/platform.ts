import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { loadDashboards } from '../config/load-dashboards.ts';
import { formatProblem } from '../config/problem.ts';
import { writeApiSchema } from '../config/schema/write-api-schema.ts';
import { findYamlFiles } from '../config/yaml-files.ts';
import type { Dashboard, DataSetAddress } from '../model/dashboard.ts';
import { openSqliteStore } from '../server/store/sqlite/store.ts';
import type { Summary } from '../server/store/store.ts';
import { createWriteApi } from '../server/write-api.ts';
import { freePort } from './free-port.ts';

/** What ships with pp-db-collector, beside its package.json: job files, and the dashboard of what they deliver. */
const [COLLECTORS, DASHBOARDS] = ['collectors', 'dashboards'].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.resolve('pp-db-collector/package.json'))),
) as [string, string];

interface DataSetOfJob {
  readonly data_group: string;
  readonly data_type: string;
  /** The variable that the job takes its token from. */
  readonly variable: string;
  readonly token: string;
}

/** A write API with the data sets of the shipped jobs, and the configuration that collects into it. */
export interface Platform {
  readonly url: string;
  /** The address of the page that shows it all. */
  readonly dashboard: string;
  readonly configFile: string;
  readonly dataSets: readonly DataSetOfJob[];
  /** The tokens, as the jobs expect them. */
  readonly environment: Readonly<Record<string, string>>;
  /** What a person can do with the folder afterwards. */
  readonly howToGoOn: string;
  /** Stores records, of which each is JSON, as if they had been sent earlier. */
  deliver(dataGroup: string, dataType: string, records: readonly string[]): Promise<void>;
  arrived(dataGroup: string, dataType: string): Promise<Summary>;
  lastRecord(): Promise<{ readonly dataSet: string; readonly json: string }>;
  close(): Promise<void>;
}

/**
 * Starts the write API on a loopback port and writes its configuration and the collector's into `folder`.
 *
 * @param wantedPort left out: the one that the write API has without a configuration, or the next that is free
 */
export async function openPlatform(folder: string, wantedPort?: number): Promise<Platform> {
  const dataSets = dataSetsOfJobs();
  const settings = writeApiSchema.parse({
    data_sets: dataSets.map(({ data_group, data_type, token }) => ({ data_group, data_type, token })),
  });
  const store = openSqliteStore(join(folder, 'write-api.sqlite'));
  const dashboards = shippedDashboards(settings.data_sets);
  const api = createWriteApi({
    dataSets: settings.data_sets,
    dashboards: { all: dashboards, token: undefined },
    store,
  });
  const port = wantedPort ?? (await freePort(settings.listen.port));
  try {
    await api.listen({ host: '127.0.0.1', port });
  } catch (error) {
    await store.close();
    throw error;
  }
  const { port: boundPort } = api.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${boundPort}`;
  const configFile = join(folder, 'config.yaml');
  const dashboard = `${url}/dashboards/${dashboards[0]?.slug}`;
  writeFileSync(configFile, configText(url), { mode: 0o600 });
  writeFileSync(join(folder, 'write-api.yaml'), writeApiText(boundPort, dataSets), { mode: 0o600 });
  writeFileSync(join(folder, '.env'), tokensText(dataSets), { mode: 0o600 });
  const find = <Each extends Pick<DataSetOfJob, 'data_group' | 'data_type'>>(
    among: readonly Each[],
    dataGroup: string,
    dataType: string,
  ) => among.find((each) => each.data_group === dataGroup && each.data_type === dataType);
  const nameOf = (dataGroup: string, dataType: string) =>
    find(settings.data_sets, dataGroup, dataType)?.name ?? '';
  return {
    url,
    dashboard,
    configFile,
    dataSets,
    environment: Object.fromEntries(dataSets.map(({ variable, token }) => [variable, token])),
    howToGoOn: howToGoOn(folder, dashboard),
    async deliver(dataGroup, dataType, records) {
      const { statusCode, body } = await api.inject({
        method: 'POST',
        url: `/data/${dataGroup}/${dataType}`,
        headers: {
          authorization: `Bearer ${find(dataSets, dataGroup, dataType)?.token}`,
          'content-type': 'application/json',
        },
        payload: `[${records.join(',')}]`,
      });
      if (statusCode !== 200) throw new Error(`the write API answered ${statusCode}: ${body}`);
    },
    arrived: (dataGroup, dataType) => store.summary(nameOf(dataGroup, dataType)),
    async lastRecord() {
      const { data_group = '', data_type = '' } = dataSets.at(-1) ?? {};
      let json = '';
      for await (const record of store.records(nameOf(data_group, data_type))) json = record.json;
      return { dataSet: `${data_group}/${data_type}`, json };
    },
    async close() {
      await api.close().finally(() => store.close());
    },
  };
}

/** The data sets that the shipped jobs name, each with a fresh token. */
function dataSetsOfJobs(): DataSetOfJob[] {
  return readdirSync(COLLECTORS)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => {
      const { data_set } = parse(readFileSync(join(COLLECTORS, name), 'utf8'));
      const variable = String(data_set.token).replace(/^\$\{(.*)\}$/, '$1');
      return { ...data_set, variable, token: randomBytes(32).toString('hex') };
    });
}

/** Throws when they do not fit the data sets of the shipped jobs. */
function shippedDashboards(dataSets: readonly DataSetAddress[]): readonly Dashboard[] {
  const byAddress = new Map(dataSets.map((each) => [`${each.data_group}/${each.data_type}`, each]));
  const { files } = findYamlFiles(DASHBOARDS);
  const { dashboards, problems } = loadDashboards(files, byAddress, {
    environment: {},
    currentDirectory: DASHBOARDS,
  });
  const [problem] = problems;
  if (problem !== undefined) throw new Error(formatProblem(problem));
  return dashboards;
}

const configText = (url: string): string => `# The configuration of the demonstration.
write_api:
  url: ${url}
  dashboard_url: ${url}/dashboards/{data_group}

databases:
  benefits:
    client: better-sqlite3
    connection: { filename: benefits.sqlite }
    timezone: UTC

collectors: ${JSON.stringify(COLLECTORS)}

state:
  file: state.sqlite
`;

function writeApiText(port: number, dataSets: readonly DataSetOfJob[]): string {
  const entries = dataSets.map(
    ({ data_group, data_type, variable }) =>
      `  - { data_group: ${data_group}, data_type: ${data_type}, token: "\${${variable}}" }\n`,
  );
  return `# The write API of the demonstration.
listen: 127.0.0.1:${port}
storage:
  file: write-api.sqlite
dashboards: ${JSON.stringify(DASHBOARDS)}
data_sets:
${entries.join('')}`;
}

const tokensText = (dataSets: readonly DataSetOfJob[]): string =>
  dataSets.map(({ variable, token }) => `${variable}=${token}\n`).join('');

const howToGoOn = (
  folder: string,
  dashboard: string,
): string => `The files are kept in ${folder}. To go on there afterwards:
  cd ${folder}
  pp-db-collector serve &
  pp-db-collector jobs
  pp-db-collector run --all
While serve runs, the dashboard is at ${dashboard}
`;
