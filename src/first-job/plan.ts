import type { JobDraft } from './job-draft.ts';

/** Something that a person may have to decide. */
export interface Question {
  /** What there are several of, e.g. `tables`. */
  readonly about: string;
  /** To stand before a question mark. */
  readonly text: string;
  readonly answers: readonly string[];
  /** The option of the command line that answers it. */
  readonly option: string;
}

/** Asks a person; throws where nobody can be asked. Gives one of the answers. */
export type Ask = (question: Question) => Promise<string>;

/** What was decided, and why, in words. */
export interface Decision {
  readonly about: string;
  readonly text: string;
}

export interface Plan {
  readonly draft: JobDraft;
  readonly decisions: readonly Decision[];
  /** The newest date that rows have; undefined while none is known. */
  readonly newest: string | undefined;
}

/** What the command line says of the job. */
export interface Wishes {
  readonly database: string;
  readonly dataGroup: string;
  readonly dateColumn: string | undefined;
  /** The date here and now, in the zone of the job. */
  readonly today: string;
}

/** No job can be made of what was given. */
export class NoFirstJobError extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'NoFirstJobError';
    this.remedy = remedy;
  }
}

const MOST_NAMES = 20;

/** The first of many names, and how many more there are. */
export function firstNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
