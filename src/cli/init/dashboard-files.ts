import { jsonSchemaOf } from '../../config/schema/json-schema.ts';
import {
  dashboardAddress,
  dashboardFile,
  dashboardName,
  type ShownDraft,
} from '../../first-job/dashboard-file.ts';
import { writeApiFile } from '../../first-job/write-api-file.ts';
import { jsonText } from '../shell/json.ts';
import type { NewFile } from './new-files.ts';

export const WRITE_API = 'write-api.yaml';

const pathOf = (draft: ShownDraft): string => `dashboards/${dashboardName(draft)}.yaml`;

/** A dashboard for a job, and what `serve` needs to show it. @param url where the write API is */
export const dashboardFiles = (draft: ShownDraft, tokenVariable: string, url: string): readonly NewFile[] => [
  { path: pathOf(draft), text: dashboardFile(draft) },
  { path: WRITE_API, text: writeApiFile(draft, tokenVariable, url) },
  { path: 'schema/dashboard.json', text: jsonText(jsonSchemaOf('dashboard')) },
];

/** Where the dashboard will be. @param kept paths of files that were there before, and may know nothing of the job */
export function whereItIs(draft: ShownDraft, url: string, kept: readonly string[]): string {
  const dataSet = `${draft.dataGroup}/${draft.name}`;
  const advice = [
    ...(kept.includes(WRITE_API)
      ? [`See that ${WRITE_API} has the data set ${dataSet}, and dashboards: dashboards.`]
      : []),
    ...(kept.includes(pathOf(draft)) ? [`Add modules of ${dataSet} to ${pathOf(draft)}.`] : []),
  ];
  const address = dashboardAddress(dashboardName(draft), url);
  return `\nWhile serve runs, the dashboard is at ${address}\n${advice.map((line) => `${line}\n`).join('')}`;
}
