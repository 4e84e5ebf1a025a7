import { type JobDraft, jobNameOf } from './job-draft.ts';
import { scalar } from './yaml-text.ts';

/** What a dashboard has to know of the job whose data set it shows. */
export type ShownDraft = Pick<JobDraft, 'name' | 'dataGroup' | 'timestamp' | 'dimensions' | 'value'>;

/** More charts would make a page of them. */
const MOST_DIMENSIONS = 3;
/** What a module adds up where it does not say. */
const USUAL_VALUE = 'count';

/** The name of the dashboard of a data group, which is the end of its address. */
export const dashboardName = ({ dataGroup }: Pick<JobDraft, 'dataGroup'>): string =>
  jobNameOf(dataGroup, 'dashboard');

/** Where a dashboard can be seen. @param url where the write API is */
export const dashboardAddress = (name: string, url: string): string =>
  `${url.replace(/\/+$/, '')}/dashboards/${name}`;

/** The same for `dashboard_url` in config.yaml, which is about other data groups, too, where it can be. */
export function dashboardUrl(draft: Pick<JobDraft, 'dataGroup'>, url: string): string {
  const name = dashboardName(draft);
  return dashboardAddress(name === draft.dataGroup ? '{data_group}' : name, url);
}

/** The text of a dashboard's file: the numbers of a job, and those by each of its first dimensions. */
export function dashboardFile(draft: ShownDraft): string {
  const { name, dataGroup, timestamp, dimensions } = draft;
  // The charts say by what.
  const title = inWords(name).replace(/ by .*/, '');
  const period = timestamp === undefined ? 'day' : 'week';
  const common = `    data_set: ${scalar(`${dataGroup}/${name}`)}
    period: ${period}
${valueLines(draft)}`;
  const modules = dimensions.slice(0, MOST_DIMENSIONS).map(
    (dimension) => `  - type: grouped_timeseries
    title: ${scalar(`${title} by ${dimension.replaceAll('_', ' ')}`)}
${common}    group_by: ${scalar(dimension)}
    show: stacked
`,
  );
  return `# yaml-language-server: $schema=../schema/dashboard.json
title: ${scalar(inWords(dataGroup))}
modules:
  - type: single_timeseries
    title: ${scalar(`${title} per ${period}`)}
${common}${modules.join('')}`;
}

/** How things stand is told by the last of the records, and not by adding them up. */
function valueLines({ value, timestamp }: ShownDraft): string {
  if (value === undefined) return '    collect: count\n';
  const collect = timestamp === undefined ? '    collect: last\n' : '';
  return value === USUAL_VALUE ? collect : `    value: ${scalar(value)}\n${collect}`;
}

/** `carers-allowance` → `Carers allowance` */
const inWords = (name: string): string =>
  name
    .replace(/[-_]+/g, ' ')
    .trim()
    .replace(/^./, (letter) => letter.toUpperCase());
