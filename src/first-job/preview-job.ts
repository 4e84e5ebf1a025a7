import { parse } from 'yaml';
import { type Preview, previewedWindows, previewRows } from '../advice/preview-rows.ts';
import { parseDate } from '../calendar/date-time.ts';
import { DAY } from '../calendar/durations.ts';
import { startOfDate } from '../calendar/zone.ts';
import { exampleQuery, windowQuery } from '../collect/queries.ts';
import { type Job, jobOfFile } from '../config/config.ts';
import { filledIn } from '../config/filled-in.ts';
import { type JobTest, jobSchema } from '../config/schema/job-schema.ts';
import { hasWindows } from '../model/mode.ts';
import type { Query } from '../model/query.ts';
import type { Window } from '../schedule/window.ts';
import type { Zones } from '../sources/catalogue.ts';
import { type AskedDatabase, describe, ifSoon } from './asked-database.ts';
import { exampleTest } from './example-test.ts';
import type { JobDraft } from './job-draft.ts';
import { jobFile } from './job-file.ts';
import type { Plan } from './plan.ts';

/** What a run of the job would collect of one day. */
export interface JobPreview {
  readonly preview: Preview;
  readonly test: JobTest | undefined;
}

const MOST_ROWS = 1_000;

/** The rows of the newest day that is over; undefined where the database would take long. @param now epoch milliseconds */
export async function previewJob(
  database: AskedDatabase,
  { draft, newest }: Plan,
  now: number,
): Promise<JobPreview | undefined> {
  const { source, zones, signal } = database;
  const job = jobOf(draft, zones);
  const localTime = { zone: zones.database };
  const window = windowOf(job, newest, now);
  const { query, rules } = exampleQuery(job, now, localTime);
  const { sql, parameters } = hasWindows(job) && window !== undefined ? windowQuery(job, window) : query;
  const preview = await ifSoon(database, sql, parameters, () =>
    previewRows(job, window, MOST_ROWS, { source, localTime }, signal),
  );
  return preview && { preview, test: exampleTest(job, preview.columns, preview.rows, rules) };
}

/** The newest day with rows, or the last one that is over. */
function windowOf(job: Job, newest: string | undefined, now: number): Window | undefined {
  if (!hasWindows(job)) return undefined;
  const date = parseDate(newest ?? '');
  const from = date === undefined ? now : startOfDate(date, job.timezone);
  const span = date === undefined ? undefined : { from, to: from + 1 };
  const windows = previewedWindows(job, span, now);
  return windows.at(-1) ?? previewedWindows(job, { from: now - DAY, to: now - DAY + 1 }, now).at(-1);
}

/** Has the database prepare the query of a job. Throws what the source throws. */
export async function describeJob(database: AskedDatabase, draft: JobDraft): Promise<void> {
  const { sql, parameters } = queryOfDay(draft, database.zones);
  await describe(database, sql, parameters);
}

/** The query of a job with the parameters of a day. */
export const queryOfDay = (draft: JobDraft, zones: Zones): Query =>
  exampleQuery(jobOf(draft, zones), Date.now(), { zone: zones.database }).query;

/** The job as its file will describe it. */
function jobOf(draft: JobDraft, zones: Zones): Job {
  const file = jobSchema.parse(parse(jobFile({ ...draft, queryFile: undefined }, undefined)));
  return jobOfFile(filledIn(file, draft.name), draft.name, `collectors/${draft.name}.yaml`, zones.job);
}
