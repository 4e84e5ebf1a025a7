import type { JobDraft } from './job-draft.ts';
import { scalar } from './yaml-text.ts';

/** Where the write API of one's own is, unless somebody says otherwise: what `listen` has where it is left out. */
export const OWN_WRITE_API = 'http://127.0.0.1:3039';

/** The text of write-api.yaml: the data set of a job, and the dashboards. @param url where the collector finds it */
export function writeApiFile(
  { dataGroup, name }: Pick<JobDraft, 'dataGroup' | 'name'>,
  tokenVariable: string,
  url: string,
): string {
  return `# What \`pp-db-collector serve\` keeps, and shows at ${url}
${listenLine(url)}data_sets:
  - data_group: ${scalar(dataGroup)}
    data_type: ${scalar(name)}
    token: \${${tokenVariable}}
dashboards: dashboards
`;
}

/** Only what is asked for by plain HTTP listens there itself: https is spoken by a proxy. */
function listenLine(url: string): string {
  if (url === OWN_WRITE_API) return '';
  const { protocol, hostname, port } = URL.parse(url) ?? {};
  return protocol === 'http:' ? `listen: ${JSON.stringify(`${hostname}:${port || 80}`)}\n` : '';
}
