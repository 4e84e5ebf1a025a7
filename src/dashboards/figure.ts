import type { Formula, Quantity } from '../model/dashboard.ts';
import { DecimalSum } from '../model/decimal-sum.ts';
import { numbersIn, type Tally, together } from './tally.ts';

/** The number of a period, or why there is none. */
export type Figure =
  | {
      readonly kind: 'number';
      readonly value: number;
      /** The same as decimal text; of a sum with all its digits. */
      readonly text: string;
      /** How many numbers are missing in it, of both where one is divided by another; how many were suppressed. */
      readonly missing: number;
      readonly suppressed: number;
      /** Whether it is a sum in which some are missing. */
      readonly atLeast: boolean;
    }
  | { readonly kind: 'suppressed' }
  | { readonly kind: 'no data' };

export const NO_DATA: Figure = { kind: 'no data' };
const SUPPRESSED: Figure = { kind: 'suppressed' };

/** What a quantity adds up to. */
export type TallyOf = (quantity: Quantity | undefined) => Tally;

/** The figure that a formula makes of its quantities; without a quantity: all records. */
export function figureOf(formula: Formula, tallyOf: TallyOf): Figure {
  switch (formula.kind) {
    case 'count': {
      const { records } = tallyOf(undefined);
      return records === 0 ? NO_DATA : number(String(records), []);
    }
    case 'sum':
    case 'last':
      return sumFigure(tallyOf(formula.of));
    case 'mean': {
      const tally = tallyOf(formula.of);
      return numbersIn(tally) === 0
        ? none([tally])
        : number(String(Number(tally.sum) / numbersIn(tally)), [tally]);
    }
    case 'ratio':
      return ratioFigure(tallyOf(formula.numerator), tallyOf(formula.denominator), formula.divisor);
    case 'satisfaction':
      return satisfactionFigure(formula.ways.map((ratings) => ratings.map(tallyOf)));
  }
}

function sumFigure(tally: Tally): Figure {
  if (numbersIn(tally) === 0) return none([tally]);
  const figure = number(tally.sum, [tally]);
  return figure.kind === 'number' ? { ...figure, atLeast: tally.missing > 0 } : figure;
}

/** A numerator of which there are no records is 0, as long as there are some of the denominator. */
function ratioFigure(numerator: Tally, denominator: Tally, divisor: number): Figure {
  const both = [numerator, denominator];
  if (numbersIn(denominator) === 0 || (numerator.records > 0 && numbersIn(numerator) === 0))
    return none(both);
  if (Number(denominator.sum) === 0) return NO_DATA;
  return number(String(Number(numerator.sum) / Number(denominator.sum) / divisor), both);
}

/** @param ways how often each rating was given, from the worst to the best */
function satisfactionFigure(ways: readonly (readonly Tally[])[]): Figure {
  const ratings = ways.find((each) => numbersIn(together(each)) > 0);
  if (ratings === undefined) return none(ways.flat());
  const total = together(ratings);
  if (Number(total.sum) === 0) return NO_DATA;
  const weighted = new DecimalSum();
  // The worst counts 0: that is to take 1 from the mean.
  for (const [weight, { sum }] of ratings.entries()) {
    for (let times = 0; times < weight; times += 1) weighted.addText(sum);
  }
  return number(String(Number(weighted.text) / Number(total.sum) / (ratings.length - 1)), [total]);
}

function number(text: string, tallies: readonly Tally[]): Figure {
  const value = Number(text);
  if (!Number.isFinite(value)) return NO_DATA;
  const { missing, suppressed } = together(tallies);
  return { kind: 'number', value, text, missing, suppressed, atLeast: false };
}

const none = (tallies: readonly Tally[]): Figure =>
  tallies.some(({ suppressed }) => suppressed > 0) ? SUPPRESSED : NO_DATA;
