import type { BoundParameter, ParameterRules } from '../parameters.ts';

export const PARAMETERS: ParameterRules = {
  instant: (date, time) => `${date} ${time}`,
  // The name UTC is known only to servers that have loaded their zone tables.
  zone: (name) => (name === 'UTC' || name === 'Etc/UTC' ? '+00:00' : name),
  placeholder,
  areInOrderOfUse: true,
};

const LARGEST_SIGNED = 2n ** 63n - 1n;
const LARGEST_UNSIGNED = 2n ** 64n - 1n;
/** Of MariaDB; MySQL has no columns of more than 30. */
const MOST_DECIMALS = 38;

/**
 * Without a type the server would take it for a text, or for the type of whatever stands
 * beside it; with one of another type than the column's it would convert every row, and no index would help.
 */
function placeholder(parameter: BoundParameter): string {
  // A parameter that is a text yields to the collation of the column, and is converted to its charset.
  if (parameter.kind === 'text' || parameter.kind === 'zone') return '?';
  return `CAST(? AS ${typeOf(parameter)})`;
}

function typeOf({ kind, text }: BoundParameter): string {
  switch (kind) {
    case 'date':
      return 'DATE';
    case 'instant':
      return text.includes('.') ? 'DATETIME(3)' : 'DATETIME';
    case 'datetime':
      return text.length === 10 ? 'DATE' : 'DATETIME(6)';
    default:
      return numberType(text);
  }
}

/** More digits than the type has would become its largest number, silently. */
function numberType(text: string): string {
  const [, fraction = ''] = text.split('.');
  if (fraction !== '') return `DECIMAL(65,${Math.min(fraction.length, MOST_DECIMALS)})`;
  if (!/^[+-]?\d+$/.test(text)) return 'DECIMAL(65,30)';
  const number = BigInt(text);
  if (number < -LARGEST_SIGNED - 1n || number > LARGEST_UNSIGNED) return 'DECIMAL(65)';
  return number > LARGEST_SIGNED ? 'UNSIGNED' : 'SIGNED';
}
