const [QUOTE, BACKSLASH, LIST, OPENING, CLOSING] = [0x22, 0x5c, 0x5b, 0x7b, 0x7d];

/** What stands before the list, up to its bracket. */
const HEAD = /^\s*\{\s*"data"\s*:\s*\[$/;
const LONGEST_HEAD = 64;

/**
 * Finds the objects in the list of `{"data":[…]}`, chunk by chunk, so that an answer of any length takes the memory of
 * one object and one chunk.
 */
export class AnswerEntries {
  #head = '';
  #isList = false;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  /** The beginning of an object whose end has not come yet. */
  #begun: Buffer[] = [];

  /** The objects that end in a chunk, as JSON, each found when it is asked for. Throws a SyntaxError when the answer is no such list. */
  *read(chunk: Buffer): Generator<string> {
    if (this.#isList) return yield* this.#objectsIn(chunk);
    const bracket = chunk.indexOf(LIST);
    this.#head += chunk.toString('latin1', 0, bracket < 0 ? LONGEST_HEAD : bracket + 1);
    this.#isList = HEAD.test(this.#head);
    if (this.#isList) return yield* this.#objectsIn(chunk.subarray(bracket + 1));
    if (bracket < 0 && this.#head.length < LONGEST_HEAD) return;
    throw new SyntaxError('the answer holds no list of data');
  }

  /** To be called when no more comes. Throws a SyntaxError when the list has not come to its end. */
  end(): void {
    if (!this.#isList || this.#depth >= 0)
      throw new SyntaxError('the answer ends before its list of data does');
  }

  /** The depth is that within the list: the brace behind it takes it below 0. */
  *#objectsIn(chunk: Buffer): Generator<string> {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (this.#isInText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#isInText = false;
      } else if (byte === QUOTE) this.#isInText = true;
      else if (byte === OPENING && this.#depth++ === 0) start = at;
      else if (byte === CLOSING && --this.#depth === 0) yield this.#ended(chunk.subarray(start, at + 1));
    }
    if (this.#depth > 0) this.#begun.push(chunk.subarray(start));
  }

  #ended(end: Buffer): string {
    const whole = this.#begun.length === 0 ? end : Buffer.concat([...this.#begun, end]);
    this.#begun = [];
    return whole.toString();
  }
}
