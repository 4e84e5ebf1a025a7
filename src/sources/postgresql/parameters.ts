import type { DriverError, Explanation } from '../explanation.ts';
import { type BoundParameter, isCursorValue } from '../parameters.ts';

/** No type found, several found, function ambiguous, no such operator or function, types do not match. */
const NO_TYPE = new Set(['42P18', '42P08', '42725', '42883', '42804']);

/** The value is not one of the type that the server has found: its form, its range, its date. */
const WRONG_TYPE = new Set(['22P02', '22003', '22007', '22008']);

const EXAMPLES = { number: 'bigint', datetime: 'timestamptz', text: 'text' } as const;

/**
 * The values of a cursor carry no type, so that the server takes them for whatever they are compared with. Undefined when
 * the error is not about that.
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
