import type { RowsBehind } from '../model/rows-behind.ts';
import { counted } from './counts.ts';
import { settingText } from './durations.ts';
import type { LatenessSaid } from './lateness.ts';

/**
 * What has come of looking for rows behind the position of a cursor job.
 *
 * @param lag its own, milliseconds @param longer what to try next; undefined: it is long enough
 */
export function rowsBehindSaid(
  known: RowsBehind | undefined,
  lag: number,
  longer: number | undefined,
): LatenessSaid {
  if (lag === 0) {
    return {
      measured: 'without a lag nobody looks for rows that appear behind the position',
      advice: undefined,
    };
  }
  if (known === undefined || known.lag !== lag || known.looks === 0) {
    return {
      measured: 'nothing is known yet: no rows were looked at a second time with this lag',
      advice: undefined,
    };
  }
  const { looks, rows, behind } = known;
  const came = behind === 0 ? 'no row' : counted(behind, 'row');
  return {
    measured: `lag ${settingText(lag)}: ${came} came behind the position in ${counted(looks, 'look')} at ${counted(rows, 'row')}`,
    advice: longer === undefined ? undefined : `raise lag, to ${settingText(longer)} for a start`,
  };
}
