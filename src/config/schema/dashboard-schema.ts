import { z } from 'zod';
import { PERIODS } from '../../calendar/period.ts';
import { GENERAL_KINDS, MEASURES, NUMBER_TYPES, SHOWS } from '../../model/dashboard.ts';
import { whenSound } from '../check/complain.ts';
import { checkFormat, checkModule, checkSlugs } from '../check/dashboard.ts';
import { NAME_FORM, NAME_PATTERN } from '../yaml-files.ts';
import { calendarDate, count, text, timeZone } from './values.ts';

/** The one description of a dashboard's file: types, defaults, JSON Schema and reference all come from it. */

const FIELD = 'the name of a field of the records';

/** A name that a record may have; what begins with _ belongs to the platform, and is not added up. */
const fieldName = () => z.string({ error: FIELD }).regex(/^[a-z][a-z0-9_]+$/i, { error: FIELD });

const ADDRESS = 'a data set such as carers-allowance/completion-rate';

const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'a text, number, true or false' });

const oneOrMore = z.union([scalar, z.array(scalar).min(1, { error: 'at least one value' })], {
  error: 'a value, or a list of values',
});

const LINK = 'an address that begins with https://, http://, mailto: or /';

const link = z.strictObject({
  title: text().describe('what the link says'),
  url: z
    .string({ error: LINK })
    .regex(/^(?:https?:\/\/[^\s/]|mailto:\S|\/(?!\/))\S*$/i, { error: LINK })
    .describe('where it leads'),
});

const note = z.strictObject({
  at: calendarDate().describe('the date it is about'),
  text: text().describe('what happened then'),
});

const QUANTITY = '{ sum: FIELD } or { field: FIELD, is: VALUE }';

/** @param what follows "the records that", of records that are counted by a field */
const quantity = (what: string) =>
  z.union(
    [
      z.strictObject({ sum: fieldName().describe('the sum of this field') }),
      z.strictObject({
        field: fieldName().describe(`field that tells the records that ${what}`),
        is: oneOrMore.describe('what stands there, or several such values; matched whole'),
      }),
    ],
    { error: QUANTITY },
  );

const FIVE = 'five, from the worst to the best';

const ratings = z.union(
  [
    z.array(fieldName()).length(5, { error: `a list of ${FIVE}` }),
    z.strictObject({
      field: fieldName().describe('field that holds the rating; value says how often it was given'),
      are: z
        .array(oneOrMore)
        .length(5, { error: `a list of ${FIVE}` })
        .describe(`the ratings, ${FIVE}`),
    }),
  ],
  { error: 'a list of five fields, or { field: FIELD, are: [five values] }' },
);

const format = z.union(
  [
    z.enum(NUMBER_TYPES),
    z
      .strictObject({
        type: z.enum(NUMBER_TYPES).describe('kind of number; a percentage is of a share, 0.5 is 50%'),
        significant_digits: count(1, 15)
          .optional()
          .describe('number, duration: digits that tell something; 3'),
        decimals: count(0, 15).optional().describe('number, percent: most digits behind the point'),
        magnitude: z.boolean().optional().describe('number, currency: true: 1,315,000 is 1.32m'),
        symbol: text().optional().describe('currency: what stands before the number; £'),
        pence: z.boolean().optional().describe('currency: two digits behind the point; left out: below 10'),
        unit: z.enum(['ms', 's', 'm']).optional().describe('duration: in what milliseconds are shown; ms'),
      })
      .superRefine(checkFormat, whenSound()),
  ],
  { error: `${NUMBER_TYPES.join(', ')}, or { type: …, … }` },
);

const moduleKeys = {
  measure: z.enum(MEASURES).optional().describe('one of the four measures, which know their formula'),
  type: z.enum(GENERAL_KINDS).optional().describe('another kind of module'),
  slug: z
    .string({ error: NAME_FORM })
    .regex(NAME_PATTERN, { error: NAME_FORM })
    .optional()
    .describe('end of the module’s address; left out: made of the title, or of the measure'),
  title: text().optional().describe('heading; measures have one of their own'),
  description: text().optional().describe('a sentence under the heading'),
  about: text().optional().describe('what is to be known about the data, as plain text'),
  data_set: z
    .string({ error: ADDRESS })
    .regex(/^[\w-]+\/[\w-]+$/, { error: ADDRESS })
    .optional()
    .describe('data_group/data_type of a data set of write-api.yaml'),
  filter_by: z
    .record(fieldName(), scalar, {
      error: ({ code }) => (code === 'invalid_key' ? FIELD : 'a mapping of fields to values'),
    })
    .optional()
    .describe('only records with these values: field → value'),
  period: z
    .enum(PERIODS)
    .optional()
    .describe(
      'what a number is about; left out: month for digital_take_up and user_satisfaction, week for completion_rate, ' +
        'quarter for cost_per_transaction',
    ),
  start_at: calendarDate().optional().describe('nothing before this date is shown'),
  duration: count(1, 10_000)
    .optional()
    .describe(
      'periods that are shown; left out: 24 hours, 30 days, 9 weeks, 12 months, 24 quarters, 10 years',
    ),
  value: fieldName()
    .optional()
    .describe('field of numbers; left out: count, for cost_per_transaction cost_per_transaction'),
  collect: z
    .enum(['sum', 'mean', 'count', 'last'])
    .optional()
    .describe('what of the value; count: of the records; last: its sum at the latest time; left out: sum'),
  group_by: fieldName().optional().describe('field for each of whose values there is a line or a column'),
  show: z.enum(SHOWS).optional().describe('lines, areas on each other, or their shares; left out: lines'),
  format: format.optional().describe('how numbers are written; left out: number, or what the measure needs'),
  channel: fieldName()
    .optional()
    .describe('digital_take_up: field that holds the channel; left out: channel'),
  digital: z
    .union(
      [
        z.array(scalar).min(1, { error: 'at least one value' }),
        z.strictObject({ sum: fieldName().describe('the sum of this field') }),
      ],
      {
        error: 'a list of values, or { sum: FIELD }',
      },
    )
    .optional()
    .describe('digital_take_up: values of channel that are digital, or a field that counts them'),
  started: quantity('were started').optional().describe('completion_rate: how many were started'),
  completed: quantity('were completed').optional().describe('completion_rate: how many were completed'),
  ratings: ratings
    .optional()
    .describe(
      'user_satisfaction: left out: rating_1 to rating_5, and very-dissatisfied to very-satisfied in rating',
    ),
  cost: quantity('cost').optional().describe('cost_per_transaction: what all transactions cost'),
  cost_in: z.enum(['pounds', 'pence']).optional().describe('cost_per_transaction: unit of cost; pounds'),
  transactions: quantity('are transactions').optional().describe('cost_per_transaction: how many there were'),
};

const module = z.strictObject(moduleKeys).superRefine(checkModule, whenSound('measure', 'type'));

const part = z
  .strictObject({
    ...moduleKeys,
    type: z
      .enum([...GENERAL_KINDS, 'section'])
      .optional()
      .describe('another kind of module, or a section'),
    modules: z
      .array(module, { error: 'a list of modules' })
      .min(1, { error: 'at least one module' })
      .optional()
      .describe('section: the modules under its heading'),
  })
  .superRefine(checkModule, whenSound('measure', 'type'));

export const dashboardSchema = z
  .strictObject({
    title: text('a title').describe('name of the service'),
    strapline: text().default('Service dashboard').describe('stands above the title'),
    tagline: text().optional().describe('a sentence under the title'),
    published: z
      .boolean()
      .default(true)
      .describe('false: shown by its address, not listed, and not for search engines'),
    department: z
      .strictObject({
        title: text().describe('whose service it is'),
        abbr: text().optional().describe('its abbreviation'),
      })
      .optional(),
    links: z.array(link, { error: 'a list of links' }).default([]).describe('links beside the title'),
    notes: z
      .array(note, { error: 'a list of notes' })
      .default([])
      .describe('what happened when, drawn on the charts and listed under them'),
    timezone: timeZone().prefault('Europe/London').describe('in which a period is over, and hours are shown'),
    modules: z
      .array(part, { error: 'a list of modules' })
      .min(1, { error: 'at least one module' })
      .describe('what is shown, in its order'),
  })
  .superRefine(checkSlugs, whenSound());

/** What tells a dashboard's file from others. */
export const DASHBOARD_FILE = { name: 'a dashboard', keys: Object.keys(dashboardSchema.shape) } as const;

export type DashboardFile = z.output<typeof dashboardSchema>;
export type ModuleSettings = z.output<typeof module>;
export type PartSettings = DashboardFile['modules'][number];
