import type { Job } from '../config/config.ts';
import type { StoredDeadLetter } from '../model/dead-letter.ts';
import type { RunResult } from '../model/run.ts';

/** Shorter values stand in too many words by chance. */
const SHORTEST = 3;

/**
 * Puts `${NAME}` into what was told of a job's runs, for pages, where a value of its file stands that came from
 * outside.
 */
export class ShownTexts {
  readonly #names: ReadonlyMap<string, string>;
  readonly #pattern: RegExp | undefined;

  constructor({ shown, ...job }: Job) {
    const names = shown === undefined ? [] : differences(job, shown);
    this.#names = new Map(names);
    const values = [...this.#names.keys()].sort((one, other) => other.length - one.length);
    const pattern = `(?<![\\w-])(?:${values.map((value) => value.replace(/[^\w\s-]/g, '\\$&')).join('|')})(?![\\w-])`;
    this.#pattern = values.length === 0 ? undefined : new RegExp(pattern, 'g');
  }

  run(run: RunResult): RunResult {
    const { failure } = run;
    if (failure === undefined || this.#pattern === undefined) return run;
    const { message, remedy } = failure;
    const shownFailure = { ...failure, message: this.text(message) };
    return {
      ...run,
      failure: remedy === undefined ? shownFailure : { ...shownFailure, remedy: this.text(remedy) },
    };
  }

  letter(letter: StoredDeadLetter): StoredDeadLetter {
    const { reason, remedy, content } = letter;
    // A record may hold a constant of the file; what a row holds came from the database.
    const shown = content.kind === 'record' ? { ...content, json: this.text(content.json) } : content;
    return { ...letter, reason: this.text(reason), remedy: this.text(remedy), content: shown };
  }

  text(text: string): string {
    if (this.#pattern === undefined) return text;
    return text.replaceAll(this.#pattern, (value) => this.#names.get(value) ?? value);
  }
}

/** The texts that are shown otherwise, with what is shown. */
function differences(value: unknown, shown: unknown): [string, string][] {
  if (typeof value === 'string') {
    const differs = typeof shown === 'string' && shown !== value && value.length >= SHORTEST;
    return differs ? [[value, shown]] : [];
  }
  if (typeof value !== 'object' || value === null || typeof shown !== 'object' || shown === null) return [];
  return Object.entries(shown).flatMap(([key, child]) => differences(Reflect.get(value, key), child));
}
