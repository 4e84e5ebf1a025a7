import type { StoredDeadLetter } from '../model/dead-letter.ts';
import type { Reading } from '../model/row.ts';
import type { Healed } from './marked-batch.ts';

/**
 * The dead letters of a job while it runs, by the `_id` that each has now: those that it had before and those
 * that the run makes. Nobody else makes any meanwhile, because the run holds the lease of its job.
 */
export class KnownLetters {
  readonly #keys = new Map<string, Set<string>>();

  /** @param idOf the `_id` that the record or row of a letter has now; undefined: none */
  addStored(
    letters: readonly StoredDeadLetter[],
    idOf: (letter: StoredDeadLetter) => string | undefined,
  ): void {
    for (const letter of letters) this.add(letter.key, idOf(letter) ?? letter.key);
  }

  add(key: string, id = key): void {
    const keys = this.#keys.get(id) ?? new Set();
    this.#keys.set(id, keys.add(key));
  }

  get isEmpty(): boolean {
    return this.#keys.size === 0;
  }

  /** The letters that a record with this `_id` is a newer version of. @param reading when it was read */
  healedBy(id: string, reading: Reading): Healed[] {
    return [...(this.#keys.get(id) ?? [])].map((key) => ({ id, key, reading }));
  }
}
