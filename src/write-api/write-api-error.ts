import type { FailedSide, Failure } from '../model/run.ts';
import type { RefusedRecord } from '../model/target.ts';
import type { OutcomeKind } from './outcome.ts';

/** Why something was not delivered: what became of the last request, or what was wrong before any was sent. */
export type WriteApiErrorKind =
  | Exclude<OutcomeKind, 'stored'>
  | 'invalid-options'
  | 'invalid-data-set'
  | 'invalid-token'
  | 'invalid-record'
  | 'closed';

export interface WriteApiErrorDetails {
  readonly kind: WriteApiErrorKind;
  readonly side: FailedSide;
  readonly remedy?: string;
  readonly unansweredFor?: number | undefined;
  /** Status of the last answer, where there was one. */
  readonly status?: number | undefined;
  /** The reasons that the last answer gave. */
  readonly messages?: readonly string[] | undefined;
  /** The records that were refused by themselves, as far as they are known. */
  readonly refused?: readonly RefusedRecord[] | undefined;
}

/** Everything that the client throws besides the reasons of aborted signals. No text in it holds a secret. */
export class WriteApiError extends Error implements Failure {
  readonly kind: WriteApiErrorKind;
  readonly side: FailedSide;
  readonly remedy: string | undefined;
  readonly unansweredFor: number | undefined;
  readonly status: number | undefined;
  readonly messages: readonly string[] | undefined;
  /** With kind `record-refused`: the records that were refused by themselves, as far as they are known, in order. */
  readonly refused: readonly RefusedRecord[] | undefined;

  constructor(message: string, details: WriteApiErrorDetails) {
    super(message);
    this.name = 'WriteApiError';
    this.kind = details.kind;
    this.side = details.side;
    this.remedy = details.remedy;
    this.unansweredFor = details.unansweredFor;
    this.status = details.status;
    this.messages = details.messages;
    this.refused = details.refused;
  }
}
