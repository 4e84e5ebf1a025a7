import type { SourceFinding } from '../../model/source.ts';
import type { Statement } from '../statement.ts';
import { boundValue, type SqliteValue } from './parameters.ts';

/*
 * Texts are compared letter by letter, which is the order of time only when both are written in the same way. What the
 * columns hold that a query compares with :from and :to is seen by a function that stands in the place of the
 * comparison.
 */

/** Known to SQLite while samples are taken: notes its argument, and is always true. */
export const SAMPLE = 'pp_db_collector_sample';

/** Gives the texts, some of the first, that `SAMPLE` is called with while a statement runs. */
export type Samples = (
  sql: string,
  values: Readonly<Record<string, SqliteValue>>,
) => Promise<readonly string[]>;

const NAME = '(?:[A-Za-z_]\\w*|"[^"]+"|\\[[^\\]]+\\]|`[^`]+`)';
/** A column, and the name of the parameter, or of both, that it is compared with. */
const COMPARISON = new RegExp(
  `(${NAME}(?:\\s*\\.\\s*${NAME})*)\\s*(?:(?:>=|<=|>|<)\\s*:(\\w+)|\\bbetween\\s*:(\\w+)\\s+and\\s*:\\w+)`,
  'gi',
);

interface Form {
  readonly pattern: RegExp;
  /** Undefined: compares well. */
  readonly trouble?: { readonly what: string; readonly remedy: string };
}

const DATETIME = 'Compare with datetime(column), which gives UTC: set timezone: UTC on the database.';
const FORMS: readonly Form[] = [
  { pattern: /^\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|\+00(:?00)?))?)?$/ },
  {
    pattern: /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)? ?[+-]\d\d(:?\d\d)?$/,
    trouble: { what: 'carry an offset, which a comparison of texts does not see', remedy: DATETIME },
  },
  {
    pattern: /^\d{4}-\d\d-\d\dT/,
    trouble: {
      what:
        'have a T before the time, and are put into the wrong day or hour where the period does not begin at ' +
        'midnight of the database',
      remedy: DATETIME,
    },
  },
];

/** What of the texts that a query compares with its times is written in another way than these. */
export async function comparedTexts(
  { text, parameters }: Statement,
  samples: Samples,
): Promise<readonly SourceFinding[]> {
  const times = new Set(
    parameters.flatMap(({ name, kind }) => (kind === 'instant' || kind === 'date' ? name : [])),
  );
  const sql = text.replace(COMPARISON, (comparison, column, one, other) =>
    times.has(one ?? other) ? `${SAMPLE}(${column})` : comparison,
  );
  if (sql === text) return [];
  const values = parameters.map((parameter) => [parameter.name, boundValue(parameter)] as const);
  const seen = await samples(sql, Object.fromEntries(values));
  const troubles = new Map(seen.flatMap((value) => troubleOf(value) ?? []).map((each) => [each.text, each]));
  return [...troubles.values()];
}

function troubleOf(value: string): SourceFinding | undefined {
  const form = FORMS.find(({ pattern }) => pattern.test(value));
  if (form === undefined) {
    return {
      ok: false,
      text:
        'rows that are found by chance only: the query compares its times with texts of the form ' +
        `${shapeOf(value)}, and those are written 2015-01-31 06:30:00`,
      remedy:
        'Write the column in that form, where it is stored or in the query, e.g. with substr(column, …).',
    };
  }
  const { trouble } = form;
  return (
    trouble && {
      ok: false,
      text: `texts that the query compares with its times ${trouble.what}`,
      remedy: trouble.remedy,
    }
  );
}

/** Not the value itself, which may be somebody's. */
function shapeOf(value: string): string {
  const shape = value.replace(/\d/g, '9').replace(/\p{L}/gu, 'x');
  return JSON.stringify(shape.length > 30 ? `${shape.slice(0, 29)}…` : shape);
}
