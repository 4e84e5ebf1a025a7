/** From the most talkative to the most silent. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** One thing that the log says. */
export interface Message {
  readonly code: string;
  readonly level: LogLevel;
  /** What the log says; the fields beside it say of what. */
  readonly text: string;
  /** What has happened, in sentences. */
  readonly meaning: string;
  /** What most likely led to it, each a clause; none for what happens every day. */
  readonly causes: readonly string[];
  /** What to do about it, in sentences. */
  readonly action: string;
  /** Whether the job may simply be run again: `yes`, or a sentence. */
  readonly safeToRerun: string;
}
