import { addPeriods, type Period } from '../calendar/period.ts';
import type { Module } from '../model/dashboard.ts';
import type { Group } from '../server/read/group-tallies.ts';
import { Answers, type GroupKey, groupText } from './answers.ts';
import { type Figure, figureOf, NO_DATA } from './figure.ts';
import { neededSpans, periodsIn, type Span, yearBefore } from './shown-span.ts';
import { together } from './tally.ts';

/** The numbers of a module. */
export interface ModuleFigures {
  readonly period: Period;
  /** The starts of the periods that are shown, without gaps, the earliest first. */
  readonly periods: readonly number[];
  /** One for each group, in the order of their values; without groups one. */
  readonly series: readonly Series[];
  /** Of all groups together, one for each period. */
  readonly totals: readonly Figure[];
  /** Of all periods together; where the latest time counts, of the newest period that has a number. */
  readonly overall: Figure;
  /** The newest number; undefined: there is none. */
  readonly headline: Headline | undefined;
}

export interface Series {
  /** The value of the group; undefined: records are not grouped, or have null there. */
  readonly group: string | undefined;
  /** One for each period. */
  readonly figures: readonly Figure[];
}

type NumberFigure = Extract<Figure, { kind: 'number' }>;

export interface Headline {
  readonly figure: NumberFigure;
  /** The start of its period. */
  readonly period: number;
  /** Against the period before, and the same one a year before; undefined where either is not there, or not whole. */
  readonly sincePeriodBefore: Change | undefined;
  readonly sinceYearBefore: Change | undefined;
}

export interface Change {
  /** The period that it is compared with, and its number. */
  readonly period: number;
  readonly figure: NumberFigure;
  readonly difference: number;
  /** The difference as a share of the earlier number; undefined where that is 0. */
  readonly share: number | undefined;
}

/**
 * The numbers of a module.
 *
 * @param span the periods that are shown
 * @param read the answers to `moduleQueries` of the module for the `neededSpans` of the span, in their order
 */
export function moduleFigures(
  module: Module,
  span: Span,
  read: readonly (readonly Group[])[],
): ModuleFigures {
  const { period, formula, groupBy } = module;
  const answers = new Answers(module, read);
  const figureAt = (start: number, group?: GroupKey): Figure =>
    figureOf(formula, (quantity) => answers.tally(quantity, start, group));
  const needed = neededSpans(period, span).flatMap((each) => periodsIn(period, each));
  const all = new Map(needed.map((start) => [start, figureAt(start)]));
  const periods = begun(periodsIn(period, span), needed, (start) => all.get(start) ?? NO_DATA);
  const totals = periods.map((start) => all.get(start) ?? NO_DATA);
  const groups = groupBy === undefined ? [] : answers.groups(periods);
  const headline = headlineOf(module, periods, all);
  return {
    period,
    periods,
    series:
      groupBy === undefined
        ? [{ group: undefined, figures: totals }]
        : groups.map((group) => ({
            group: groupText(group),
            figures: periods.map((start) => figureAt(start, group)),
          })),
    totals,
    overall:
      formula.kind === 'last'
        ? (totals.findLast(isNumber) ?? NO_DATA)
        : figureOf(formula, (quantity) => together(periods.map((start) => answers.tally(quantity, start)))),
    headline,
  };
}

const isNumber = (figure: Figure | undefined): figure is NumberFigure => figure?.kind === 'number';

/** Without the periods before the first of which there is something: what has not begun yet is no gap. */
function begun(
  shown: readonly number[],
  needed: readonly number[],
  figureAt: (start: number) => Figure,
): readonly number[] {
  const first = needed.find((start) => figureAt(start).kind !== 'no data');
  return first === undefined ? [] : shown.filter((start) => start >= first);
}

function headlineOf(
  { period }: Module,
  shown: readonly number[],
  all: ReadonlyMap<number, Figure>,
): Headline | undefined {
  const start = shown.findLast((each) => isNumber(all.get(each)));
  const figure = start === undefined ? undefined : all.get(start);
  if (start === undefined || !isNumber(figure)) return undefined;
  const since = (earlier: number | undefined) =>
    earlier === undefined ? undefined : changeSince(earlier, all.get(earlier), figure);
  return {
    figure,
    period: start,
    sincePeriodBefore: since(addPeriods(period, start, -1)),
    sinceYearBefore: since(yearBefore(period, start)),
  };
}

/** What is only known at least is compared with nothing. */
function changeSince(period: number, before: Figure | undefined, figure: NumberFigure): Change | undefined {
  if (!isNumber(before) || before.atLeast || figure.atLeast) return undefined;
  const difference = figure.value - before.value;
  return {
    period,
    figure: before,
    difference,
    share: before.value === 0 ? undefined : difference / before.value,
  };
}

/** A figure of a group as a share of that of all groups together, for each period. */
export function sharesOf({ totals }: ModuleFigures, { figures }: Series): readonly Figure[] {
  return figures.map((figure, index) => {
    const total = totals[index];
    if (!isNumber(figure)) return figure;
    if (!isNumber(total) || total.value === 0) return NO_DATA;
    const value = figure.value / total.value;
    return { ...total, value, text: String(value), atLeast: false };
  });
}
