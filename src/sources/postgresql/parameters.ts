import { type BoundParameter, isCursorValue, type ParameterRules } from '../parameters.ts';
import type { DriverError, Explanation } from '../source-error.ts';

export const PARAMETERS: ParameterRules = {
  instant: (date, time, offset) => `${date} ${time}${offsetText(offset)}`,
  zone: (name) => name,
  placeholder: (_, number) => `$${number}`,
  areInOrderOfUse: false,
};

/** As the server prints it: `+01`, `-03:30`; zones of long ago have seconds as well. */
function offsetText(milliseconds: number): string {
  const seconds = Math.abs(milliseconds) / 1_000;
  const parts = [seconds / 3_600, (seconds / 60) % 60, seconds % 60].map(Math.floor);
  while (parts.length > 1 && parts.at(-1) === 0) parts.pop();
  return `${milliseconds < 0 ? '-' : '+'}${parts.map((part) => String(part).padStart(2, '0')).join(':')}`;
}

/**
 * The types by their OIDs: timestamptz, date, text. A value of a cursor is of the type of the column with which the
 * query compares it, which the server finds.
 */
const TYPES = { instant: 1184, date: 1082, zone: 25, number: 0, datetime: 0, text: 0 } as const;

export const typeOf = ({ kind }: BoundParameter): number => TYPES[kind];

/** No type found, several found, function ambiguous, no such operator or function, types do not match. */
const NO_TYPE = new Set(['42P18', '42P08', '42725', '42883', '42804']);

/** The value is not one of the type that the server has found: its form, its range, its date. */
const WRONG_TYPE = new Set(['22P02', '22003', '22007', '22008']);

const EXAMPLES = { number: 'bigint', datetime: 'timestamptz', text: 'text' } as const;

/**
 * The values of a cursor carry no type, so that the server takes them for whatever they are compared with. Undefined
 * when the error is not about that.
 */
export function explainUntyped(
  { code, message }: DriverError,
  parameters: readonly BoundParameter[],
): Explanation | undefined {
  const isBlamed = WRONG_TYPE.has(code)
    ? ({ text }: BoundParameter) => message.includes(`"${text}"`)
    : (parameter: BoundParameter) => NO_TYPE.has(code) && isMeant(parameter, message, parameters);
  const blamed = parameters.filter(isCursorValue).find(isBlamed);
  if (blamed === undefined) return undefined;
  const named = message.replace(/parameter \$(\d+)/, (placeholder, number: string) => {
    const parameter = parameters[Number(number) - 1];
    return parameter === undefined ? placeholder : `parameter :${parameter.name}`;
  });
  return { what: named, remedy: remedyFor(blamed, isCertain(code, message)) };
}

/** The one whose number the message tells; any of them when it tells none. */
function isMeant(parameter: BoundParameter, message: string, parameters: readonly BoundParameter[]): boolean {
  const number = /parameter \$(\d+)/.exec(message)?.[1];
  return number === undefined || parameters[Number(number) - 1] === parameter;
}

/** Whether the error can be about nothing but a parameter; literals without a type are `unknown` as well, but rare. */
const isCertain = (code: string, message: string): boolean =>
  WRONG_TYPE.has(code) || /parameter \$\d|\bunknown\b/.test(message);

function remedyFor({ name, kind }: BoundParameter, certain: boolean): string {
  const example = `:${name}::${Object.hasOwn(EXAMPLES, kind) ? EXAMPLES[kind as keyof typeof EXAMPLES] : 'text'}`;
  return certain
    ? `Cast :${name} to the type of the column with which the query compares it, e.g. ${example}.`
    : `Correct the name, or cast the operands so that their types fit; parameters as well, e.g. ${example}.`;
}
