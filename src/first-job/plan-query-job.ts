import { listed } from '../words/counts.ts';
import type { AskedDatabase } from './asked-database.ts';
import { chooseDay } from './choose-day.ts';
import { dimensionsOf, isBeginning, surveyQuery, unfitName } from './given-query.ts';
import { jobNameOf } from './job-draft.ts';
import { type Ask, NoFirstJobError, type Plan, type Wishes } from './plan.ts';
import { queryOfDay } from './preview-job.ts';

/** A query that a person has written. */
export interface QueryText {
  /** Of its file, without folders and ending. */
  readonly name: string;
  readonly sql: string;
  /** As a job file names it; undefined: the job file has the query itself. */
  readonly file: string | undefined;
}

/** A job that collects the rows of a query as it was given. */
export async function planQueryJob(
  database: AskedDatabase,
  { name, sql, file }: QueryText,
  wishes: Wishes,
  ask: Ask,
): Promise<Plan> {
  const example = {
    name: jobNameOf(name),
    description: `Rows of ${name}`,
    database: wishes.database,
    dataGroup: wishes.dataGroup,
    start: undefined,
    timestamp: 'day',
    isDayByDay: true,
    query: sql,
    dimensions: [],
    value: undefined,
  };
  const given = await surveyQuery(database, sql, queryOfDay(example, database.zones).parameters);
  const chosen = given.hasWindow
    ? await chooseDay('the query', given.days, wishes.dateColumn, ask)
    : undefined;
  const timestamp = chosen?.day.column.name;
  const unfit = unfitName(given, timestamp);
  if (unfit !== undefined) {
    throw new NoFirstJobError(
      `the query has a column called ${JSON.stringify(unfit)}, which no field of a record can be called`,
      'Give it another name in the query with AS: letters, digits and underscores, beginning with a letter.',
    );
  }
  const dimensions = dimensionsOf(given, timestamp, database.source.advice.outline(sql).aggregates);
  return {
    draft: {
      ...example,
      timestamp,
      isDayByDay: timestamp !== undefined && isBeginning(sql, timestamp),
      queryFile: file,
      dimensions,
      value: given.columns.find(({ name }) => name !== timestamp && !dimensions.includes(name))?.name,
    },
    decisions: [
      {
        about: 'day',
        text: chosen
          ? `from ${chosen.day.column.name}${chosen.why}`
          : 'that of the run, because the query names none of :from, :to, :from_date and :to_date: a snapshot',
      },
      {
        about: 'told apart',
        text: dimensions.length === 0 ? 'by the day only: each has one row' : `by ${listed(dimensions)}`,
      },
    ],
    newest: undefined,
  };
}
