import type { JobTest } from '../config/schema/job-schema.ts';
import { type JobDraft, tokenVariable } from './job-draft.ts';
import { flowList, flowMapping, indented, scalar } from './yaml-text.ts';

/** The text of a job's file. */
export function jobFile(draft: JobDraft, test: JobTest | undefined): string {
  const { description, database, dataGroup, name, dimensions, timestamp } = draft;
  return `# yaml-language-server: $schema=../schema/job.json
description: ${scalar(description)}
database: ${scalar(database)}
schedule: "30 6 * * *"            # every day at 06:30
data_set:
  data_group: ${scalar(dataGroup)}
  data_type: ${scalar(name)}
  token: \${${tokenVariable(draft)}:?the token of ${dataGroup}/${name} belongs there, or into .env}
${modeLine(draft)}
${queryLines(draft)}
record:
${timestamp === undefined ? '' : `  timestamp: ${scalar(timestamp)}\n`}  id: ${flowList(['_timestamp', ...dimensions])}
${test === undefined ? '' : testLines(test)}`;
}

function modeLine({ timestamp, start, isDayByDay }: JobDraft): string {
  if (timestamp === undefined) return 'snapshot: { period: day }         # how things stand when it runs';
  const from = start === undefined ? '' : `, start: ${start}`;
  return `window: { period: day${from}${isDayByDay ? ', max_periods: 1' : ''} }`;
}

const queryLines = ({ query, queryFile }: JobDraft): string =>
  queryFile === undefined
    ? `query: |\n${indented(query.trim(), '  ')}`
    : `query_file: ${JSON.stringify(queryFile)}`;

function testLines({ name, rows, records = [] }: JobTest): string {
  const listed = (items: JobTest['rows']) => items.map((item) => `      - ${flowMapping(item)}\n`).join('');
  return `tests:\n  - name: ${scalar(name)}\n    rows:\n${listed(rows)}    records:\n${listed(records)}`;
}
