import { promisify } from 'node:util';
import type { RequestOutcome } from './outcome.ts';
import { questionFor, type Sender, type SendResult, type WriteRequest } from './sender.ts';

/**
 * What hosts answer that do not know compressed bodies: they read them as broken JSON, fail on them, or say what they
 * have not learnt. 502 and 503 are not among them: they come with every outage.
 */
const MAY_MEAN_COMPRESSION: ReadonlySet<number | undefined> = new Set([400, 422, 500, 501]);
/** The media type, or how it is encoded, is not supported. */
const UNSUPPORTED = 415;

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

/** What it takes to compress is 6 MB, which bodies that are sent as they are need not pay. */
async function compress(body: Buffer): Promise<Buffer> {
  const { constants, gzip } = await import('node:zlib');
  return await promisify(gzip)(body, { level: constants.Z_BEST_SPEED });
}

/** Smaller bodies are not worth the work. */
const LARGEST_UNCOMPRESSED = 2_048;

/** Compresses bodies; one goes once more without it where that may be what is refused. */
export class Compressing implements Sender {
  readonly #inner: Sender;
  readonly #compression: Compression;
  /** A body that is sent again is compressed once. */
  readonly #compressed = new WeakMap<Buffer, Promise<Buffer>>();

  /** @param compression of the write host */
  constructor(inner: Sender, compression: Compression) {
    this.#inner = inner;
    this.#compression = compression;
  }

  async send(request: WriteRequest): Promise<SendResult> {
    const isWorthIt = request.compression === 'wanted' || request.body.length > LARGEST_UNCOMPRESSED;
    if (!this.#compression.isWanted || !isWorthIt) return await this.#inner.send(request);
    const result = await this.#inner.send(await this.#pack(request));
    if (result.hostDown || !this.#compression.mayBeAtFault(result.outcome)) return result;
    const { status } = result.outcome;
    const without = await this.#inner.send(request);
    const { kind } = without.outcome;
    if (status === UNSUPPORTED || kind === 'stored') this.#compression.refused(status);
    else if (kind === 'record-refused') await this.#askCompressed(request);
    return without;
  }

  /** Refused both ways, the records are to blame; whether the compression is as well, an empty list tells. */
  async #askCompressed(request: WriteRequest): Promise<void> {
    const question = await this.#pack(questionFor(request, request.deadline));
    const { outcome, hostDown } = await this.#inner.send(question);
    if (!hostDown && this.#compression.mayBeAtFault(outcome)) this.#compression.refused(outcome.status);
  }

  async #pack(request: WriteRequest): Promise<WriteRequest> {
    const { body } = request;
    const compressedBefore = this.#compressed.get(body);
    const packed = compressedBefore ?? compress(body);
    if (compressedBefore === undefined) this.#compressed.set(body, packed);
    return { ...request, body: await packed, compression: 'done' };
  }
}
