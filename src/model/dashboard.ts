import type { Period } from '../calendar/period.ts';

/** A page of numbers about one service, as its file describes it. */
export interface Dashboard {
  /** The base name of its file, and the end of its address. */
  readonly slug: string;
  /** Path of its file, as messages show it. */
  readonly file: string;
  readonly title: string;
  readonly strapline: string;
  readonly tagline?: string | undefined;
  /** False: shown by its address, and not listed. */
  readonly published: boolean;
  readonly department?: Department | undefined;
  readonly links: readonly Link[];
  readonly notes: readonly Note[];
  /** Of "now", of notes and of hours. */
  readonly timezone: string;
  readonly parts: readonly (Section | Module)[];
}

export interface Department {
  readonly title: string;
  readonly abbr?: string | undefined;
}

export interface Link {
  readonly title: string;
  readonly url: string;
}

/** What happened, for readers who wonder about a line. */
export interface Note {
  /** The date, as the milliseconds of its midnight in UTC. */
  readonly at: number;
  readonly text: string;
}

/** A heading with modules. */
export interface Section {
  readonly kind: 'section';
  readonly slug: string;
  readonly title: string;
  readonly description?: string | undefined;
  readonly modules: readonly Module[];
}

/** One number, how it went, and its table. */
export interface Module {
  readonly kind: ModuleKind;
  readonly slug: string;
  readonly title: string;
  readonly description?: string | undefined;
  /** What is to be known about the data, as plain text. */
  readonly about?: string | undefined;
  readonly dataSet: DataSetAddress;
  /** Fields and the texts that records must have there; numbers as JSON writes them. */
  readonly filters: readonly FieldFilter[];
  readonly period: Period;
  /** The first date of which anything is shown, as the milliseconds of its midnight in UTC. */
  readonly startAt?: number | undefined;
  /** How many periods are shown where nobody asks for others. */
  readonly duration: number;
  readonly formula: Formula;
  /** One series for each value of this field; undefined: one for all. */
  readonly groupBy?: string | undefined;
  readonly show: Show;
  readonly format: NumberFormat;
}

export interface DataSetAddress {
  readonly data_group: string;
  readonly data_type: string;
  /** By which a store knows it. */
  readonly name: string;
}

export interface FieldFilter {
  readonly field: string;
  readonly value: string | boolean;
}

/** The four measures that every service of government tells. */
export const MEASURES = [
  'digital_take_up',
  'completion_rate',
  'user_satisfaction',
  'cost_per_transaction',
] as const;
export const GENERAL_KINDS = [
  'kpi',
  'single_timeseries',
  'grouped_timeseries',
  'bar_chart',
  'table',
] as const;

export type Measure = (typeof MEASURES)[number];
export type ModuleKind = Measure | (typeof GENERAL_KINDS)[number];

export const SHOWS = ['lines', 'stacked', 'share'] as const;

/** What is drawn: nothing, lines, areas on each other, areas that fill 100 %, or bars. */
export type Show = 'nothing' | 'bars' | (typeof SHOWS)[number];

/** How the number of a period comes from its records. */
export type Formula =
  | { readonly kind: 'count' }
  | { readonly kind: 'sum' | 'mean'; readonly of: Quantity }
  /** The sum over the records of the latest time in the period. */
  | { readonly kind: 'last'; readonly of: Quantity }
  /** A sum divided by another one, and by `divisor`. */
  | {
      readonly kind: 'ratio';
      readonly numerator: Quantity;
      readonly denominator: Quantity;
      readonly divisor: number;
    }
  /**
   * The mean of ratings, of which the worst is 0 and the best 1: how often each was given, from the worst to the best. Of
   * several ways to tell so the first one counts of which there are numbers.
   */
  | { readonly kind: 'satisfaction'; readonly ways: readonly (readonly Quantity[])[] };

/** What is added up: a field of all records, or of those only that have one of some texts in another one. */
export interface Quantity {
  readonly value: string;
  /** Without `is`: anything but null and nothing. */
  readonly where?: { readonly field: string; readonly is?: readonly string[] | undefined } | undefined;
}

export const NUMBER_TYPES = ['number', 'integer', 'percent', 'currency', 'duration'] as const;

/** How a number is written. */
export interface NumberFormat {
  /** A percentage is written of a share: 0.5 is 50%. A duration is in milliseconds. */
  readonly type: (typeof NUMBER_TYPES)[number];
  /** Of numbers and durations: how many digits tell something. */
  readonly significant_digits?: number | undefined;
  /** Digits behind the point, at most. */
  readonly decimals?: number | undefined;
  /** Whether large numbers end in k, m or bn. */
  readonly magnitude?: boolean | undefined;
  /** Of currency. */
  readonly symbol?: string | undefined;
  /** Of currency: whether pence are shown; undefined: below £10. */
  readonly pence?: boolean | undefined;
  /** Of durations: in what they are shown. */
  readonly unit?: 'ms' | 's' | 'm' | undefined;
}
