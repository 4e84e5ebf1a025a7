import type { RequestOutcome } from './outcome.ts';

/**
 * What hosts answer that do not know compressed bodies: they read them as broken JSON, fail on them, or say what they
 * have not learnt. 502 and 503 are not among them: they come with every outage.
 */
const MAY_MEAN_COMPRESSION: ReadonlySet<number | undefined> = new Set([400, 422, 500, 501]);
/** The media type, or how it is encoded, is not supported. */
export const UNSUPPORTED = 415;

/** Whether bodies are compressed for a write host: when that is wanted, until the host turns out not to take it. */
export class Compression {
  #isWanted: boolean;
  #isProven = false;
  readonly #onRefused: (status: number | undefined) => void;

  /** @param onRefused called once, when from here on bodies are sent as they are; given the answer that said so */
  constructor(isWanted: boolean, onRefused: (status: number | undefined) => void) {
    this.#isWanted = isWanted;
    this.#onRefused = onRefused;
  }

  get isWanted(): boolean {
    return this.#isWanted;
  }

  /**
   * Whether what became of a compressed body may be due to the compression, so that it takes the same body without it
   * to tell. Once the host has stored a compressed one, only a 415 may.
   */
  mayBeAtFault({ kind, status }: RequestOutcome): boolean {
    if (kind === 'stored') this.#isProven = true;
    return status === UNSUPPORTED || (!this.#isProven && MAY_MEAN_COMPRESSION.has(status));
  }

  /** From here on bodies are sent as they are. @param status of the answer that said so */
  refused(status: number | undefined): void {
    if (!this.#isWanted) return;
    this.#isWanted = false;
    this.#onRefused(status);
  }
}
