import { counted, listed, sentence } from '../words/counts.ts';
import type { AskedDatabase } from './asked-database.ts';
import { chooseDay } from './choose-day.ts';
import { type DayColumn, dayColumns, localDateOf } from './day-column.ts';
import { type Judgement, judgeColumns } from './dimensions.ts';
import { type FirstDay, firstDayOf } from './first-day.ts';
import { type JobDraft, jobNameOf } from './job-draft.ts';
import { type Ask, type Decision, firstNames, NoFirstJobError, type Plan, type Wishes } from './plan.ts';
import { describeJob } from './preview-job.ts';
import { writeSnapshotQuery, writeTableQuery } from './table-query.ts';
import { type SurveyedColumn, surveyTable, withNewestRows } from './table-survey.ts';
import { findTable, listTables, nearestTable, type Table } from './tables.ts';

/**
 * A job that counts the rows of a table by the day and by what looks like a dimension; of a table without days, those that
 * it has when the job runs.
 */
export async function planTableJob(
  database: AskedDatabase,
  wanted: string | undefined,
  wishes: Wishes,
  ask: Ask,
): Promise<Plan> {
  const table = await chooseTable(database, wanted, ask);
  const first = await surveyTable(database, table);
  const subject = `table ${table.shown}`;
  const days = dayColumns(first, database.typesValues);
  if (days.length === 0 && wishes.dateColumn === undefined)
    return planSnapshot(database, table, first, wishes);
  const { day, why } = await chooseDay(subject, days, wishes.dateColumn, ask);
  const columns = await withNewestRows(database, table, first, day.column);
  const judgements = judgeColumns(
    columns.filter(({ name }) => !days.some(({ column }) => column.name === name)),
  );
  const start = await firstDayOf(database, table, day, wishes.today);
  const { draft, isWithoutZones } = await draftOf(database, table, day, judgements, start, wishes);
  return {
    draft,
    decisions: [
      { about: 'table', text: table.shown },
      dayDecision(day, why, database, draft, isWithoutZones),
      ...dimensionDecisions(judgements),
      startDecision(start),
    ],
    newest: newestDate(columns, day, database),
  };
}

async function chooseTable(database: AskedDatabase, wanted: string | undefined, ask: Ask): Promise<Table> {
  const tables = await listTables(database);
  const names = tables.map(({ shown }) => shown);
  if (names.length === 0) {
    throw new NoFirstJobError(
      'the database has no table or view that its user may read',
      'Name another database, or grant its user SELECT on the tables that it should read.',
    );
  }
  const only = tables.length === 1 ? names[0] : undefined;
  const text = 'Of which table should the rows be counted';
  const name = wanted ?? only ?? (await ask({ about: 'tables', text, answers: names, option: '--table' }));
  const table = findTable(name, tables);
  if (table !== undefined) return table;
  const nearest = nearestTable(name, tables);
  throw new NoFirstJobError(
    `the database has no table or view called ${name} that its user may read`,
    nearest === undefined ? sentence(`it has ${firstNames(names)}`) : `Did you mean ${nearest}?`,
  );
}

async function planSnapshot(
  database: AskedDatabase,
  table: Table,
  columns: readonly SurveyedColumn[],
  { database: databaseName, dataGroup }: Wishes,
): Promise<Plan> {
  const judgements = judgeColumns(columns);
  const { sql, ...query } = writeSnapshotQuery(table, dimensionsIn(judgements), database.catalogue);
  const draft = {
    name: jobNameOf(table.shown),
    description: `Rows that ${table.shown} has${byText(query.dimensions)}`,
    database: databaseName,
    dataGroup,
    start: undefined,
    query: sql,
    ...query,
  };
  await describeJob(database, draft);
  const why =
    'the table has no column of dates or times, so the job counts the rows that it has then: a snapshot';
  return {
    draft,
    decisions: [
      { about: 'table', text: table.shown },
      { about: 'day', text: `that of the run: ${why}` },
      ...dimensionDecisions(judgements),
    ],
    newest: undefined,
  };
}

const dimensionsIn = (judgements: readonly Judgement[]): SurveyedColumn[] =>
  judgements.flatMap(({ column, isDimension }) => (isDimension ? column : []));

const byText = (dimensions: readonly string[]): string =>
  dimensions.length === 0 ? '' : ` by ${listed(dimensions)}`;

async function draftOf(
  database: AskedDatabase,
  table: Table,
  day: DayColumn,
  judgements: readonly Judgement[],
  start: FirstDay,
  { database: databaseName, dataGroup }: Wishes,
): Promise<{ readonly draft: JobDraft; readonly isWithoutZones: boolean }> {
  const dimensions = dimensionsIn(judgements);
  const draftFor = (isDayByDay: boolean): JobDraft => {
    const { sql, ...query } = writeTableQuery(
      table,
      day,
      dimensions,
      database.catalogue,
      database.zones,
      isDayByDay,
    );
    return {
      name: jobNameOf(table.shown),
      description: `Rows of ${table.shown}, per day${byText(query.dimensions)}`,
      database: databaseName,
      dataGroup,
      start: 'date' in start ? start.date : undefined,
      query: sql,
      ...query,
    };
  };
  const draft = draftFor(false);
  try {
    await describeJob(database, draft);
    return { draft, isWithoutZones: false };
  } catch (error) {
    if (!draft.query.includes(':timezone')) throw error;
    // A server may lack what it needs to know of time zones; if it is something else, this fails as well, and says so.
    const simple = draftFor(true);
    await describeJob(database, simple);
    return { draft: simple, isWithoutZones: true };
  }
}

function newestDate(
  columns: readonly SurveyedColumn[],
  { column: { name } }: DayColumn,
  { zones }: AskedDatabase,
): string | undefined {
  const values = columns.find((column) => column.name === name)?.values ?? [];
  return values
    .flatMap((value) => localDateOf(value, zones) ?? [])
    .reduce<string | undefined>(
      (newest, date) => (newest === undefined || date > newest ? date : newest),
      undefined,
    );
}

function dayDecision(
  { column, form }: DayColumn,
  why: string,
  { zones }: AskedDatabase,
  { isDayByDay }: JobDraft,
  isWithoutZones: boolean,
): Decision {
  const type = column.type === 'none' ? '' : `, a ${column.type}`;
  const zone =
    form === 'date'
      ? ''
      : `${column.kind === 'instant' ? '' : `, taken as ${zones.database}`}, in days of ${zones.job}`;
  const reason = isWithoutZones
    ? 'the server lacks its time zone tables'
    : 'the database knows no time zones';
  const each = isDayByDay ? `; one day in each query, because ${reason}` : '';
  return { about: 'day', text: `from ${column.name}${type}${zone}${each}${why}` };
}

function dimensionDecisions(judgements: readonly Judgement[]): Decision[] {
  const taken = judgements.flatMap((each) =>
    each.isDimension
      ? `${each.column.name}${each.values === 0 ? '' : ` (${counted(each.values, 'value')})`}`
      : [],
  );
  const nulls = judgements.some(({ column, isDimension }) => isDimension && !column.isNeverNull);
  const refused = judgements.flatMap((each) =>
    each.isDimension ? [] : [{ about: 'not taken', text: `${each.column.name}: ${each.reason}` }],
  );
  const grouped = taken.length === 0 ? 'by the day only' : `by ${listed(taken)}`;
  const none = nulls ? "; a null counts as 'none'" : '';
  return [{ about: 'grouped', text: `${grouped}${none}` }, ...refused.slice(0, MOST_REFUSED)];
}

const MOST_REFUSED = 10;

const startDecision = (start: FirstDay): Decision =>
  'date' in start
    ? { about: 'start', text: `${start.date}, the first day with rows` }
    : {
        about: 'start',
        text: `3 days ago, because ${start.unknown}; window.start sets another`,
      };
