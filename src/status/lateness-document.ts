import type { JudgedLateness } from '../model/judge-lateness.ts';
import { sentence } from '../words/counts.ts';
import { latenessSaid } from '../words/lateness.ts';

/** How late records of a window job come, as JSON; null: nothing is known. */
export function latenessDocument(judged: JudgedLateness) {
  const { length, known } = judged;
  if (known === undefined) return null;
  const { measured, advice } = latenessSaid(judged);
  return {
    period: length,
    records: known.records,
    share_at_once: known.atOnce,
    ages: known.ages,
    advice: adviceDocument(judged),
    text: [measured, ...(advice === undefined ? [] : [advice])].map(sentence).join(' '),
  };
}

/** What a kind of advice does not say is null. */
const adviceDocument = ({ advice }: JudgedLateness) => ({
  kind: advice.kind.replaceAll('-', '_'),
  lookback: 'raiseTo' in advice ? advice.raiseTo : 'enough' in advice ? advice.enough : null,
  more_periods: 'morePeriods' in advice ? advice.morePeriods : null,
});
