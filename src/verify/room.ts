/** Memory that is used for one partition after the other: what is taken once holds until the next time. */
export class Room {
  #words = new Int32Array(0);

  /** So many words of 32 bits, with whatever was in them. */
  take(length: number): Int32Array {
    if (this.#words.length < length) this.#words = new Int32Array(length);
    return this.#words.subarray(0, length);
  }
}
