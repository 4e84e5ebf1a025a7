import type { Period } from '../calendar/period.ts';
import type { JudgedLateness } from '../model/judge-lateness.ts';
import type { Unremembered } from '../model/sent-records.ts';
import { counted, grouped } from './counts.ts';

/** How late records of a window job come, and what that says of its lookback, as clauses. */
export interface LatenessSaid {
  readonly measured: string;
  /** Undefined: nothing can be said. */
  readonly advice: string | undefined;
}

/** @param unremembered why nothing more will be known */
export function latenessSaid(judged: JudgedLateness, unremembered?: Unremembered): LatenessSaid {
  const { length, lookback, known } = judged;
  if (lookback === 0)
    return {
      measured: `with lookback 0 no ${length} is collected again, so nothing is known`,
      advice: undefined,
    };
  if (known === undefined && unremembered !== undefined)
    return { measured: `nothing will be known: ${whyUnremembered(unremembered, length)}`, advice: undefined };
  if (known === undefined)
    return {
      measured: `nothing is known yet: no ${length} was collected again when it was older`,
      advice: undefined,
    };
  return { measured: measuredText(known, length), advice: adviceText(judged) };
}

function whyUnremembered(reason: Unremembered, length: Period): string {
  switch (reason) {
    case 'allow-outside':
      return `with window.allow_outside a record may be of any ${length}, so what was sent is not remembered`;
    case 'id':
      return `record.id does not say of which ${length} a record is, so what was sent is not remembered`;
  }
}

/** `of 12,408 records 99.2% were there, as they are now, when their day was first collected; all of them 4 days later` */
function measuredText(
  { records, atOnce, latest }: NonNullable<JudgedLateness['known']>,
  length: Period,
): string {
  const of = `of ${counted(records, 'record')}`;
  const first = `when their ${length} was first collected`;
  if (latest === undefined) return `${of} all were there, as they are now, ${first}`;
  const last =
    latest === 0
      ? `all of them before one more ${length} had passed`
      : `all of them ${counted(latest, length)} later`;
  return `${of} ${percentText(atOnce)} were there, as they are now, ${first}; ${last}`;
}

function adviceText({ advice, length, lookback }: JudgedLateness): string {
  switch (advice.kind) {
    case 'too-near':
      return `lookback ${lookback} is too little to see how late they come: raise it to ${advice.raiseTo} for some time`;
    case 'too-early':
      return `this is too little to say which lookback is enough: it takes about ${counted(advice.morePeriods, `more ${length}`)}`;
    case 'uncertain':
      return `whether lookback ${lookback} is enough cannot be told, as so much comes at its end: keep it, or raise it to see more`;
    case 'too-short': {
      const ages = advice.lastAges === 1 ? `last ${length}` : `last ${counted(advice.lastAges, length)}`;
      const late = counted(Math.round(advice.late), 'record');
      return `${late} came in the ${ages} of lookback ${lookback}: raise it, to ${advice.raiseTo} for a start`;
    }
    case 'enough': {
      if (advice.enough === lookback) return `lookback ${lookback} is right`;
      const missed = Math.round(advice.missed);
      const without = missed === 0 ? '' : `, which would have missed ${grouped(missed)} of them`;
      return `lookback ${lookback} could be ${advice.enough}${without}`;
    }
  }
}

/** `99.2%`: never more than it is, so that nothing but all is 100%. */
export const percentText = (share: number): string => `${Math.floor(share * 1_000 + 1e-9) / 10}%`;

/** `4 days`; of age 0 `less than a day`. */
export const agesText = (age: number, length: Period): string =>
  age === 0 ? `less than ${length === 'hour' ? 'an' : 'a'} ${length}` : counted(age, length);
