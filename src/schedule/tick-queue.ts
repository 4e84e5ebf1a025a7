/** Items in the order of their times; those of one time in the order in which they came. A binary heap. */
export class TickQueue<Item> {
  readonly #heap: Entry<Item>[] = [];
  #count = 0;

  push(at: number, item: Item): void {
    this.#heap.push({ at, order: this.#count++, item });
    this.#rise(this.#heap.length - 1);
  }

  /** Takes out the first item if its time is not after `now`. */
  takeDue(now: number): { readonly at: number; readonly item: Item } | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) {
      this.#heap[0] = last;
      this.#sink();
    }
    return first;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #rise(from: number): void {
    for (let index = from; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (!this.#swapUnlessOrdered(parent, index)) return;
      index = parent;
    }
  }

  #sink(): void {
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const child = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#swapUnlessOrdered(index, child)) return;
      index = child;
    }
  }

  #swapUnlessOrdered(parent: number, child: number): boolean {
    const [upper, lower] = [this.#heap[parent], this.#heap[child]];
    if (upper === undefined || lower === undefined || !this.#isBefore(child, parent)) return false;
    this.#heap[parent] = lower;
    this.#heap[child] = upper;
    return true;
  }

  #isBefore(index: number, other: number): boolean {
    const [one, two] = [this.#heap[index], this.#heap[other]];
    if (one === undefined || two === undefined) return false;
    return one.at < two.at || (one.at === two.at && one.order < two.order);
  }
}

interface Entry<Item> {
  readonly at: number;
  readonly order: number;
  readonly item: Item;
}
