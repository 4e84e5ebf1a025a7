import { scalar } from './yaml-text.ts';

/** What a first configuration says. */
export interface ConfigDraft {
  readonly writeApi: string;
  /** Where dashboards are, as `dashboard_url` of write_api says it; left out: there are none. */
  readonly dashboardUrl?: string | undefined;
  /** The name of the database, by which jobs call it. */
  readonly database: string;
  readonly client: string;
  /** Left out: the environment has the URL. */
  readonly filename: string | undefined;
  readonly zones: { readonly database: string; readonly job: string };
}

/** The environment variable that holds the URL of the database. */
export const URL_VARIABLE = 'DATABASE_URL';

/** The text of config.yaml. */
export function configFile({
  writeApi,
  dashboardUrl,
  database,
  client,
  filename,
  zones,
}: ConfigDraft): string {
  const connection =
    filename === undefined ? `\${${URL_VARIABLE}}` : `{ filename: ${JSON.stringify(filename)} }`;
  const advice =
    filename === undefined ? '    # stands in .env; its user needs to read and nothing more' : '';
  return `# yaml-language-server: $schema=./schema/config.json
write_api:
  url: ${JSON.stringify(writeApi)}
${dashboardUrl === undefined ? '' : `  dashboard_url: ${JSON.stringify(dashboardUrl)}\n`}databases:
  ${scalar(database)}:
    client: ${client}
    connection: ${connection}${advice}
    timezone: ${scalar(zones.database).padEnd(16)} # in which its times without a zone are meant
schedule:
  timezone: ${scalar(zones.job).padEnd(18)} # whose days the jobs count
`;
}
