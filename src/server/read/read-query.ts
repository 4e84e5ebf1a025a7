import type { Period } from '../../calendar/period.ts';
import type { Filter } from './read-plan.ts';

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
