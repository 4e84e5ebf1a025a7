import { randomUUID } from 'node:crypto';

/** Tells whether a data set has been written to since, so that what was made of it need not be made again. */
export class DataSetVersions {
  /** What another process counted is nothing to go by. */
  readonly #process = randomUUID();
  readonly #writes = new Map<string, number>();

  /** Call it when what was written can be read. */
  written(dataSet: string): void {
    this.#writes.set(dataSet, (this.#writes.get(dataSet) ?? 0) + 1);
  }

  /** Another text after each write. */
  async versionOf(dataSet: string): Promise<string> {
    return `${this.#process}.${this.#writes.get(dataSet) ?? 0}`;
  }
}
