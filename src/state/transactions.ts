import type { Work } from './work.ts';

/** A transaction that goes on until it is ended. What is disposed of before it is committed is undone. */
export interface OpenTransaction extends AsyncDisposable {
  carryOut<Result>(work: Work<Result>): Promise<Result>;
  /** On disk when it resolves. */
  commit(): Promise<void>;
}

/** Carries out work, each piece in a transaction of its own. All throw a StateError when the database refuses something. */
export interface Transactions {
  /** On disk when it resolves. @param work may be called more than once */
  write<Result>(work: () => Work<Result>): Promise<Result>;
  /**
   * Survives the end of this process, but maybe not a power cut at once: for what is only of use to those who live, or
   * for people to read.
   */
  note<Result>(work: () => Work<Result>): Promise<Result>;
  /** As `note`, before all others that wait: what keeps a process in its rights. */
  urgent<Result>(work: () => Work<Result>): Promise<Result>;
  /** Sees one moment, and changes nothing. */
  read<Result>(work: () => Work<Result>): Promise<Result>;
  /** @param kind `reading` sees one moment for as long as it goes on, and changes nothing */
  begin(kind: 'reading' | 'writing'): Promise<OpenTransaction>;
}
