import Table from 'cli-table3';
import { type Change, TOLERANCE } from './comparison.ts';
import { type Figure, type Findings, type Unit, valueText } from './figure.ts';
import { GOALS, verdict } from './goals.ts';
import { spread } from './statistics.ts';

/** Figures beside their goals, and below what was not measured. */
export function figuresTable({ figures, omissions }: Findings): string {
  const table = tableOf(['what', 'measured', 'at least', 'good', '', 'spread']);
  for (const figure of figures) {
    const goal = GOALS[figure.id];
    table.push([
      figure.what,
      valueText(figure.value, figure.unit),
      boundText(goal?.atLeast, figure.unit),
      boundText(goal?.good, figure.unit),
      verdict(figure.id, figure.value),
      spreadText(figure),
    ]);
  }
  const missing = omissions.map(({ what, because }) => `not measured: ${what}, because ${because}\n`);
  return `${table.toString()}\n${missing.join('')}`;
}

const boundText = (bound: number | undefined, unit: Unit): string =>
  bound === undefined ? '' : valueText(bound, unit);

/** How far the rounds lie apart, of the variant of which they do most. */
function spreadText({ rounds }: Figure): string {
  const spreads = Object.values(rounds).flatMap((values) => (values.length > 1 ? [spread(values)] : []));
  return spreads.length === 0 ? '' : `${Math.round(Math.max(...spreads) * 100)} %`;
}

/** What changed since an earlier result. */
export function changesTable(changes: readonly Change[]): string {
  const table = tableOf(['what', 'earlier', 'now', 'better by', '']);
  for (const { figure, earlier, gain, isWorse } of changes)
    table.push([
      figure.what,
      valueText(earlier, figure.unit),
      valueText(figure.value, figure.unit),
      `${(gain * 100).toFixed(1)} %`,
      isWorse ? 'worse' : '',
    ]);
  const worse = changes.filter(({ isWorse }) => isWorse).length;
  return `${table.toString()}\n${worse} of ${changes.length} figures are worse by more than ${TOLERANCE * 100} %\n`;
}

const tableOf = (head: string[]) =>
  new Table({
    head,
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'right', 'right', 'right', 'left', 'right'],
  });
