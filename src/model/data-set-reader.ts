import type { Period } from '../calendar/period.ts';
import type { RecordValues } from './record-values.ts';

/** From one `_timestamp`, included, to another, excluded: ISO 8601 in whole seconds of UTC, as `isoSeconds` writes it. */
export type TimestampSpan = readonly [from: string, to: string];

/** How many records a data set has in a period of UTC that begins at `start`, written as a `TimestampSpan` is. */
export interface PeriodCount {
  readonly start: string;
  readonly count: number;
}

/** The numbers of the records that a data set has in a period of UTC. */
export interface PeriodSums extends PeriodCount {
  /** By field, as JSON writes numbers; a field is left out where no record has a number in it. */
  readonly sums: ReadonlyMap<string, string>;
}

/** What is added up. */
export interface SumsQuestion {
  readonly period: Period;
  /** Names of fields that hold numbers. */
  readonly fields: readonly string[];
  /** Texts by the fields that have to hold them: other records are passed over. */
  readonly only: ReadonlyMap<string, string>;
}

/** A record as a data set has it. */
export interface ReadRecord {
  readonly id: string;
  /** What was sent, `_id` and `_timestamp` included, without what the platform adds by itself. */
  readonly values: RecordValues;
  /** When it was stored, as the platform writes it; undefined where it does not say. */
  readonly updatedAt: string | undefined;
}

/** The answer where a data set cannot be asked for this: something else than a failure, since later is no better. */
export class NotOffered {
  /** What was answered, as a clause. */
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * What a data set says of itself. Failures that may pass are repeated as those of deliveries are; then it throws a
 * Failure, or the signal's reason.
 */
export interface DataSetReader {
  /**
   * The records in each period that the span touches, whole periods also at its ends, in the order of time: one request.
   */
  counts(
    period: Period,
    span: TimestampSpan,
    signal: AbortSignal,
  ): Promise<readonly PeriodCount[] | NotOffered>;
  /**
   * As `counts`, with the sums of fields: a request for some of them at a time. What has no number that could be added is
   * not offered.
   */
  sums(
    question: SumsQuestion,
    span: TimestampSpan,
    signal: AbortSignal,
  ): Promise<readonly PeriodSums[] | NotOffered>;
  /**
   * The records of a span, in no order: one request, which ends when the iteration does. What breaks once some have come
   * is not repeated.
   */
  records(span: TimestampSpan, signal: AbortSignal): Promise<AsyncIterable<ReadRecord> | NotOffered>;
}
