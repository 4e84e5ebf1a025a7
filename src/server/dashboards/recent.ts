/** What was made last, by its name: as long as it is made of the same, everybody who asks shares it. */
export class Recent<Value> {
  readonly #entries = new Map<string, { readonly version: string; readonly value: Promise<Value> }>();
  readonly #most: number;

  /** @param most how many are kept; those that were asked for longest ago go */
  constructor(most: number) {
    this.#most = most;
  }

  /** What is there, or being made, of this version. */
  known(name: string, version: string): Promise<Value> | undefined {
    const entry = this.#entries.get(name);
    return entry?.version === version ? entry.value : undefined;
  }

  /** @param isKept whether what was made may be given to others who ask later; what fails is not */
  async get(
    name: string,
    version: string,
    make: () => Promise<Value>,
    isKept: (value: Value) => boolean = () => true,
  ): Promise<Value> {
    const known = this.#entries.get(name);
    const entry = known?.version === version ? known : { version, value: make() };
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#most && oldest !== undefined) this.#entries.delete(oldest);
    if (entry === known) return entry.value;
    const forget = () => {
      if (this.#entries.get(name) === entry) this.#entries.delete(name);
    };
    try {
      const value = await entry.value;
      if (!isKept(value)) forget();
      return value;
    } catch (error) {
      forget();
      throw error;
    }
  }
}
