import type { Work } from './work.ts';

/** Carries out work, each piece in a transaction of its own. All throw a StateError when the database refuses something. */
export interface Transactions {
  /** On disk when it resolves. @param work may be called more than once */
  write<Result>(work: () => Work<Result>): Promise<Result>;
  /**
   * Survives the end of this process, but maybe not a power cut at once: for what is only of use to those who live, or
   * for people to read.
   */
  note<Result>(work: () => Work<Result>): Promise<Result>;
  /** Sees one moment, and changes nothing. */
  read<Result>(work: () => Work<Result>): Promise<Result>;
}
