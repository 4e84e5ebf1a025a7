import type { NumberFormat } from '../model/dashboard.ts';
import { counted } from '../words/counts.ts';
import type { Figure } from './figure.ts';
import { formatNumber } from './format-number.ts';

/** A figure in a cell: `1,234`, `at least 1,234`, `suppressed`, `no data`. */
export function figureText(figure: Figure, format: NumberFormat): string {
  if (figure.kind !== 'number') return figure.kind;
  return `${figure.atLeast ? 'at least ' : ''}${formatNumber(figure.value, format)}`;
}

/** What a number is without: `without 2 suppressed numbers and 1 missing number`. Undefined: it is whole. */
export function withoutText(figure: Figure): string | undefined {
  if (figure.kind !== 'number' || figure.missing === 0) return undefined;
  const { missing, suppressed } = figure;
  const parts = [
    ...(suppressed > 0 ? [counted(suppressed, 'suppressed number')] : []),
    ...(missing > suppressed ? [counted(missing - suppressed, 'missing number')] : []),
  ];
  return `without ${parts.join(' and ')}`;
}
