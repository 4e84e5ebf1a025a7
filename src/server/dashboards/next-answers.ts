/**
 * Asks for one answer of a name at a time. Whoever asks meanwhile shares the next one with all others: the one that is
 * under way may not know what has happened since it was asked for.
 */
export class NextAnswers<Answer> {
  /** When those that are under way are over, however they end. */
  readonly #running = new Map<string, Promise<void>>();
  readonly #next = new Map<string, Promise<Answer>>();

  /** @param ask the same for all who use the name */
  get(name: string, ask: () => Promise<Answer>): Promise<Answer> {
    const shared = this.#next.get(name);
    if (shared !== undefined) return shared;
    const running = this.#running.get(name);
    if (running === undefined) return this.#start(name, ask);
    const next = running.then(() => {
      this.#next.delete(name);
      return this.#start(name, ask);
    });
    this.#next.set(name, next);
    return next;
  }

  #start(name: string, ask: () => Promise<Answer>): Promise<Answer> {
    const answer = ask();
    const end = () => void this.#running.delete(name);
    this.#running.set(name, answer.then(end, end));
    return answer;
  }
}
