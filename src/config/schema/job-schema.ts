import { z } from 'zod';
import { PERIODS } from '../../calendar/period.ts';
import { type Mode, TRAITS } from '../../model/mode.ts';
import { isStorable } from '../../model/write-api-rules.ts';
import { ID_FORMATS, TEXT_FORMATS } from '../../records/text-format.ts';
import { whenSound } from '../check/complain.ts';
import { checkCursor, checkStartNumber, checkStartText, PARAMETER_NAME } from '../check/cursor.ts';
import { checkExpect, checkJob } from '../check/job.ts';
import { checkField, checkFieldNames, checkRecord, checkTest } from '../check/record.ts';
import { checkSuppress } from '../check/suppress.ts';
import {
  count,
  cronExpression,
  duration,
  pathSegment,
  percent,
  secret,
  text,
  timerDuration,
  timeZone,
} from './values.ts';
import { windowSchema } from './window-schema.ts';

/** The one description of a job file: types, defaults, JSON Schema and reference all come from it. */

const column = () => text('the name of a column');
const fieldName = () => text('the name of a record field');

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'a string, number, boolean or null',
});

/** What a job puts into records itself. */
const constant = z.union(
  [
    z.string().refine(isStorable, { error: 'a text without U+0000 and halves of characters' }),
    z.number().refine((value) => !Number.isInteger(value) || Math.abs(value) < 2 ** 63, {
      error: 'a whole number of at most 64 bits',
    }),
    z.boolean(),
    z.null(),
  ],
  { error: 'a string, number, boolean or null' },
);

const fieldFromColumn = z
  .strictObject({
    column: column().describe('column of the query'),
    as: z
      .enum(['integer', 'number', 'string', 'boolean', 'date', 'datetime'])
      .optional()
      .describe('type in the record; left out: by the type of the column'),
    case: z.enum(['lower', 'upper']).optional().describe('change the case of a string; done before map'),
    map: z
      .record(z.string(), constant)
      .optional()
      .describe('replace strings: what the column holds → what is sent'),
    default: constant.optional().describe('what to send for strings that map lacks'),
  })
  .superRefine(checkField, whenSound('as', 'case', 'map', 'default'));

const field = z.union(
  [column(), z.strictObject({ value: constant.describe('a constant') }), fieldFromColumn],
  {
    error: 'the name of a column, { column: … } or { value: … }',
  },
);

const timestamp = z.union(
  [
    column(),
    z.strictObject({
      column: column().describe('column that gives _timestamp'),
      format: z.enum(TEXT_FORMATS).optional().describe('how a text column writes the date'),
    }),
  ],
  { error: 'the name of a column, or { column: …, format: … }' },
);

const format = z.enum(ID_FORMATS).optional().describe('how a date or a time is written');
const nullAs = z
  .string()
  .optional()
  .describe('what stands for a null; left out: a row with one is no record');

const idPart = z.union(
  [
    fieldName(),
    z.strictObject({ value: text('a text').describe('a text that is the same in every id') }),
    z.strictObject({ field: fieldName().describe('field of the record'), format, null_as: nullAs }),
    z.strictObject({
      column: column().describe('column of the query, as the database prints it; need not be in the record'),
      format,
      null_as: nullAs,
    }),
  ],
  { error: 'the name of a record field, { value: … }, { field: … } or { column: … }' },
);

const id = z.union(
  [
    z.array(fieldName()).min(1, { error: 'at least one field' }),
    z.strictObject({
      fields: z
        .array(idPart)
        .min(1, { error: 'at least one field' })
        .describe(
          'fields of the record, texts and columns; with the style of the template a name may be a column’s',
        ),
      style: z
        .enum(['sha256', 'pp-db-collector-template', 'base64', 'base64url', 'plain'])
        .default('sha256')
        .describe('how the id is made of them; the others keep the ids of older collectors'),
      separator: z
        .string()
        .optional()
        .describe(
          'all styles but sha256: what stands between the values; default "." for base64 and base64url, else nothing',
        ),
      charset: z
        .enum(['utf-8', 'iso-8859-1', 'us-ascii'])
        .optional()
        .describe('style of the template: the default charset of the Java virtual machine; default utf-8'),
    }),
  ],
  { error: 'a list of fields of the record, or { fields: […], style: … }' },
);

const suppress = z.strictObject({
  fields: z
    .array(fieldName())
    .min(1, { error: 'at least one field' })
    .describe('fields of the record that hold counts'),
  below: count(1).describe('numbers smaller than this one are blanked'),
  replace_with: constant.default(null).describe('what is sent in their place'),
  zero: z.boolean().default(false).describe('blank the number 0, too'),
  mark: z.boolean().default(false).describe('add suppressed: true to records in which a number is blanked'),
});

const record = z
  .strictObject({
    timestamp: timestamp
      .optional()
      .describe(
        'column that gives _timestamp; left out: the only date or time of the query, or in snapshot jobs the start of ' +
          'the period',
      ),
    id: id
      .optional()
      .describe(
        'fields of the record that tell records apart, _timestamp and constants included; left out: _timestamp and ' +
          'every field that is not a number, in the order of their names',
      ),
    fields: z
      .record(z.string(), field)
      .superRefine(checkFieldNames, whenSound())
      .optional()
      .describe('fields of the record; left out: every other column under its own name'),
    omit: z.array(column()).optional().describe('columns to drop when fields is left out'),
    suppress: suppress.optional().describe('blank small counts before they leave the building'),
  })
  .superRefine(checkSuppress, whenSound('timestamp', 'id', 'omit', 'suppress'))
  .superRefine(checkRecord, whenSound('timestamp', 'id', 'omit'));

const CURSOR_COLUMN =
  'the name of a column, of letters, digits and _, because it is a parameter of the query';

const cursor = z
  .strictObject({
    columns: z
      .array(z.string({ error: CURSOR_COLUMN }).regex(PARAMETER_NAME, { error: CURSOR_COLUMN }), {
        error: 'a list of columns',
      })
      .min(1, { error: 'at least one column' })
      .describe('columns by which the query is ordered; each is a parameter of the same name'),
    start: z
      .array(
        z.union([z.string().superRefine(checkStartText), z.number().superRefine(checkStartNumber)], {
          error: 'a text or a number',
        }),
        { error: 'a list of values, one for each of cursor.columns' },
      )
      .describe('position of the first run, which lies before the first row: one value per column'),
    lag: duration()
      .prefault('0s')
      .describe('how late rows may be committed; with it the query compares with :until'),
    max_rows: count(1).default(100_000).describe('most rows in one query, but for rows with equal values'),
  })
  .superRefine(checkCursor, whenSound());

const snapshot = z.strictObject({
  period: z
    .enum(PERIODS)
    .describe('length of a period: _timestamp is the start of the one that holds the run'),
  keep_pending: duration().prefault('30d').describe('how long records are kept that cannot be delivered'),
});

const collecting = (mode: Mode): string => `collect ${TRAITS[mode].collects}`;

const modes = {
  window: windowSchema.optional().describe(collecting('window')),
  cursor: cursor.optional().describe(collecting('cursor')),
  snapshot: snapshot.optional().describe(collecting('snapshot')),
} satisfies Readonly<Record<Mode, z.ZodType>>;

const test = z
  .strictObject({
    name: text('a name that says what the test shows').describe('what the test shows, in words'),
    rows: z
      .array(z.record(z.string(), scalar, { error: 'a mapping of columns to values' }), {
        error: 'a list of rows',
      })
      .min(1, { error: 'at least one row' })
      .describe('rows as the query would return them: column → value; a column that a row lacks is null'),
    records: z
      .array(z.record(z.string(), scalar, { error: 'a mapping of fields to values' }), {
        error: 'a list of records',
      })
      .optional()
      .describe('the records that the rows become, in their order; _id is compared where it is given'),
    refused: text('a part of the reason why a row is not a record')
      .optional()
      .describe('part of the reason why some of the rows do not become records'),
  })
  .superRefine(checkTest, whenSound());

export const jobSchema = z
  .strictObject({
    description: z.string().optional().describe('what the job is for, shown to people'),
    enabled: z.boolean().default(true).describe('false: neither scheduled nor run by --all'),
    database: text('the name of a database of config.yaml')
      .optional()
      .describe('name of a database of config.yaml; left out: the only one that it has'),
    schedule: cronExpression()
      .optional()
      .describe(
        'cron expression of 5 or 6 fields; a day of the month and a day of the week mean either, or both if one ' +
          'begins with *; left out: never by the daemon, only by run',
      ),
    timezone: timeZone().optional().describe('of the schedule and of the periods'),
    jitter: timerDuration('0ms').prefault('0s').describe('the daemon starts the run up to this much later'),
    timeout: timerDuration().prefault('30m').describe('of a whole run'),
    data_set: z.strictObject({
      data_group: pathSegment().describe('first part of the data set’s address'),
      data_type: pathSegment()
        .optional()
        .describe('second part of the data set’s address; left out: the name of the job'),
      token: secret().describe('bearer token of the data set'),
      replace: z
        .boolean()
        .default(false)
        .describe('snapshot jobs: empty the data set before each run’s records'),
    }),
    ...modes,
    query: text('one SELECT').describe(
      'one SELECT; :from, :to, :from_date and :to_date are bound in window jobs, the cursor columns and :until in ' +
        'cursor jobs, :timezone in all',
    ),
    query_file: text('the path of an SQL file')
      .optional()
      .describe('file with the query, relative to this one; instead of query'),
    record: record.prefault({}),
    send: z
      .enum(['changed', 'all'])
      .default('changed')
      .describe(
        'window jobs: what is sent of periods that are collected again: changed, what the data set does not have as it ' +
          'is, where that can be told; all, every record',
      ),
    deleted: z
      .enum(['keep', 'remove'])
      .default('keep')
      .describe(
        'window jobs: what becomes of records of the data set whose rows are gone when their period is collected again: ' +
          'kept, or removed',
      ),
    verify: z
      .strictObject({
        schedule: cronExpression().describe(
          'cron expression: when the daemon compares, in the zone of the job',
        ),
        periods: count(1)
          .optional()
          .describe('window jobs: the newest collected periods to compare; left out: all of them'),
        timeout: timerDuration().prefault('2h').describe('of a whole comparison'),
      })
      .optional()
      .describe(
        'window and cursor jobs: compare what was delivered with the source, as pp-db-collector verify does; left out: ' +
          'only when asked to',
      ),
    expect: z
      .strictObject({
        min_rows: count(0).default(0).describe('with fewer rows the run is not_ready'),
        max_rows: count(1)
          .optional()
          .describe('with more rows the run is not_ready; so many are held in memory'),
        change: z
          .strictObject({
            measure: text('the name of a field')
              .optional()
              .describe('field of numbers; left out: the number of records'),
            at_most: percent().describe('share of what is usual, e.g. 50%'),
          })
          .optional()
          .describe(
            'window jobs: how much a period may differ from the median of those before that are like it',
          ),
        on_violation: z
          .enum(['warn', 'hold'])
          .default('warn')
          .describe(
            'what becomes of a window in which a period differs by more than change: delivered with a warning, or held ' +
              'back until somebody accepts it',
          ),
      })
      .superRefine(checkExpect)
      .prefault({}),
    max_dead_letters: count(0)
      .default(100)
      .describe('with more rows or records in a run that cannot be delivered the run fails'),
    tests: z
      .array(test, { error: 'a list of tests' })
      .default([])
      .describe('examples of rows and their records; run by pp-db-collector test'),
  })
  .superRefine(checkJob, whenSound());

/** What tells a job file from others. */
export const JOB_FILE = { name: 'a job file', keys: Object.keys(jobSchema.shape) } as const;

/** What a job file says, defaults filled in: durations in milliseconds. */
export type JobFile = z.output<typeof jobSchema>;
/** What a job's file says of its records; the columns of the query tell what it leaves out. */
export type RecordSettings = JobFile['record'];
/** The same with nothing left out. */
export type RecordMapping = RecordSettings & { readonly id: NonNullable<RecordSettings['id']> };
export type FieldMapping = z.output<typeof field>;
export type JobTest = JobFile['tests'][number];
export type WindowSettings = z.output<typeof windowSchema>;
export type CursorSettings = z.output<typeof cursor>;
export type SnapshotSettings = z.output<typeof snapshot>;
export type VerifySettings = NonNullable<JobFile['verify']>;
export type SuppressSettings = z.output<typeof suppress>;
