import type { Period } from '../../calendar/period.ts';
import type { StoredRecord } from '../store/stored-record.ts';

/** What a read asks of a store, and what it gives. Plain data: it goes from thread to thread. */

export type ReadPlan = RecordsPlan | GroupsPlan;

/** Which records of a data set count: those of which everything here is true. */
export interface Matching {
  readonly filters: readonly Filter[];
  /** The first `timestamp` that counts, in the form of a record's. */
  readonly from?: string;
  /** Where `timestamp` ends. */
  readonly to?: { readonly at: string; readonly inclusive: boolean };
}

export type Filter =
  /** Equal as a text, or as a number where the text is one. */
  | { readonly kind: 'equals'; readonly field: string; readonly text: string; readonly number?: string }
  | { readonly kind: 'boolean'; readonly field: string; readonly value: boolean }
  /** Numbers and booleans begin with what is written in JSON. */
  | { readonly kind: 'prefix'; readonly field: string; readonly text: string };

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?$/;

/** Takes what a text may stand for: itself, or the number that it writes. */
export const equalsText = (field: string, text: string): Filter => ({
  kind: 'equals',
  field,
  text,
  ...(JSON_NUMBER.test(text) ? { number: text } : {}),
});

/**
 * The records themselves: numbers by value, then texts by code point; what has no value is last, or first when
 * descending.
 */
export interface RecordsPlan extends Matching {
  readonly kind: 'records';
  /** Left out: in the order in which they first came. */
  readonly order?: { readonly field: string; readonly descending: boolean };
  readonly limit?: number;
}

/**
 * Counts and collected values for each combination of period and values; records that lack one of the fields do not
 * count.
 */
export interface GroupsPlan extends Matching {
  readonly kind: 'groups';
  readonly period?: Period;
  readonly fields: readonly string[];
  readonly collected: readonly CollectedField[];
}

export interface CollectedField {
  readonly field: string;
  readonly sum: boolean;
  readonly set: boolean;
}

export type ReadResult =
  | { readonly kind: 'records'; readonly records: AsyncIterable<StoredRecord> }
  /** In no order. */
  | { readonly kind: 'groups'; readonly groups: readonly GroupRow[] };

export interface GroupRow {
  readonly count: number;
  /** Start of the period in the form of a record's `timestamp`; null without a period. */
  readonly period: string | null;
  /** The values of the plan's fields as JSON, in the plan's order. */
  readonly values: readonly string[];
  /** In the plan's order. */
  readonly collected: readonly CollectedValues[];
}

export interface CollectedValues {
  /** How many records have nothing there, or null; and how many something that is no number and no boolean. */
  readonly missing: number;
  readonly others: number;
  /** The sum of all integers, exact; true counts as 1. */
  readonly integers: bigint;
  /** How many records have a number there that is no integer of 64 bits, and the sum of those. */
  readonly fractions: number;
  readonly fraction: number;
  /** The exact sum of all numbers where it is known and no integer, as decimal text. */
  readonly exact?: string;
  /** Each value once as JSON, in no order; a missing one is null. Empty when the plan does not ask for it. */
  readonly set: readonly string[];
}

/** The sum of a field of so many records as JSON; undefined where it is of no number, or of more than a double holds. */
export function sumJson(
  { missing, integers, fractions, fraction, exact }: CollectedValues,
  count: number,
): string | undefined {
  if (missing === count) return undefined;
  if (exact !== undefined || fractions === 0) return exact ?? String(integers);
  const sum = Number(integers) + fraction;
  return Number.isFinite(sum) ? String(sum) : undefined;
}

/** A read took longer than reads may; nothing is wrong with the store. */
export class ReadTooSlow extends Error {
  constructor() {
    super('the query takes too long');
    this.name = 'ReadTooSlow';
  }
}

/** The signal of a read that nobody gives up. */
export const NEVER: AbortSignal = new AbortController().signal;

/** Milliseconds that one statement of a read may take. */
export const READ_TIMEOUT = 30_000;
/** Groups that a read may give: more are held back by the database already. */
export const MAXIMUM_GROUPS = 100_000;

/** A read as its query string asks for it, checked. */
export interface ReadQuery {
  readonly filters: readonly Filter[];
  /** Milliseconds since 1970. */
  readonly startAt?: number;
  readonly endAt?: number;
  readonly inclusive: boolean;
  readonly period?: Period;
  /** A number of periods: from `startAt`, else up to `endAt`, else up to now. */
  readonly duration?: number;
  readonly groupBy: readonly string[];
  readonly collect: readonly Collect[];
  readonly sortBy?: SortBy;
  readonly limit?: number;
  readonly flatten: boolean;
  readonly csv: boolean;
  /** Whether what is no number is as good as missing where numbers are added up; left out: it fails the query. */
  readonly passesOverTexts?: boolean;
}

export interface Collect {
  readonly field: string;
  /** `default` is a set under two names. */
  readonly method: (typeof COLLECT_METHODS)[number] | 'default';
}

export const COLLECT_METHODS = ['sum', 'count', 'set', 'mean'] as const;

export interface SortBy {
  readonly field: string;
  readonly descending: boolean;
}

/** The name of a collected value in an answer. */
export function collectKey({ field, method }: Collect): string {
  return `${field}:${method === 'default' ? 'set' : method}`;
}

/** The name under which an answer tells how many records lack a collected field; without it all have it. */
export const missingKey = (field: string): string => `${field}:missing`;
