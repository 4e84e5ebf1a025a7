import type { SurveyedColumn } from './table-survey.ts';

/** What becomes of a column: what rows are grouped by, or why not; undefined where nobody would expect it. */
export type Judgement =
  | { readonly column: SurveyedColumn; readonly isDimension: true; readonly values: number }
  | { readonly column: SurveyedColumn; readonly isDimension: false; readonly reason: string };

/** With more values than this a dashboard shows no more than noise, and counts become so small that they tell of people. */
const MOST_VALUES = 20;
/** Each makes the groups smaller. */
const MOST_DIMENSIONS = 4;
const LONGEST_VALUE = 60;

/** Names of what tells who somebody is, whatever its values look like. */
const PERSONAL =
  /(first|last|fore|sur|family|given|maiden|middle|full|user|nick|person|applicant|customer|claimant|contact)_?names?$|^names?$|e_?mail|phone|mobile|address|street|post_?code|zip_?code|birth|(^|_)(dob|nino|ssn|iban|ip|pin)($|_)|account|password|secret|token/i;
const IDENTIFYING = /(^|_)(id|uuid|guid|ref|reference|hash|key|url|slug)s?$/i;
/** Texts to the database that are no words to group by. */
const OTHER_TYPES = /^(uuid|xml|time|interval|inet|cidr|macaddr|reg)/i;
/** Of which the database itself says that they have few values. */
const FEW = /^(enum|bool)/i;

/** Judges the columns of texts, from left to right. */
export function judgeColumns(columns: readonly SurveyedColumn[]): Judgement[] {
  let taken = 0;
  return columns.flatMap((column): Judgement[] => {
    const judgement = judge(column);
    if (judgement === undefined) return [];
    if (judgement.isDimension && ++taken > MOST_DIMENSIONS)
      return [{ column, isDimension: false, reason: `${MOST_DIMENSIONS} are enough to begin with` }];
    return [judgement];
  });
}

function judge(column: SurveyedColumn): Judgement | undefined {
  if (!isText(column)) return undefined;
  const { name, type, kind, values } = column;
  const distinct = new Set(values.map(String)).size;
  const refused = (reason: string): Judgement => ({ column, isDimension: false, reason });
  if (PERSONAL.test(name)) return refused('its name says that it tells who somebody is');
  if (IDENTIFYING.test(name) || OTHER_TYPES.test(type))
    return refused('it tells single rows or things apart');
  if (values.length === 0)
    return kind === 'boolean' || FEW.test(type)
      ? { column, isDimension: true, values: 0 }
      : refused('there are no values to judge it by');
  if (distinct === 1) return refused('it holds the same value everywhere');
  if (values.some((value) => String(value).length > LONGEST_VALUE || /\n/.test(String(value))))
    return refused('it holds free text');
  if (distinct === values.length) return refused('every row has its own value');
  if (distinct > MOST_VALUES) return refused(`it holds more than ${MOST_VALUES} values`);
  if (distinct * 2 > values.length) return refused('nearly every row has its own value');
  return { column, isDimension: true, values: distinct };
}

const isText = ({ kind, values }: SurveyedColumn): boolean =>
  ['text', 'padded-text', 'boolean'].includes(kind) ||
  (kind === 'dynamic' && values.length > 0 && values.every((value) => typeof value === 'string'));
