import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ModuleState } from './module-reader.ts';
import { NextAnswers } from './next-answers.ts';
import type { Pace } from './pace.ts';
import { Recent } from './recent.ts';

export interface SiteAnswer {
  readonly status: 200 | 400;
  /** The value of `content-type`. */
  readonly type: string;
  readonly body: string;
  /** False: it is not to be kept, because some of it could not be read, or was asked for in a wrong way. */
  readonly isWhole: boolean;
}

/** What an answer would be made of now. */
export interface Draft {
  readonly states: readonly ModuleState[];
  readonly make: () => Promise<SiteAnswer>;
}

export interface TaggedAnswer extends Omit<SiteAnswer, 'body'> {
  /** As it is sent: whoever gets it does not have it written again. */
  readonly body: Buffer;
  /** The same, compressed once for all who take that. */
  readonly gzipped: Buffer;
  /** Another text as soon as anything in the answer has changed; a weak one, as it is that of both. */
  readonly tag: string;
}

const compressed = promisify(gzip);

/** An answer that is made only if it is wanted. */
export interface OfferedAnswer {
  /** That of the answer as it would be now. */
  readonly tag: string;
  readonly isPublished: boolean;
  /** The answer as it was when it was offered, or a newer one. Throws an HttpError. */
  make(): Promise<TaggedAnswer>;
}

/** Answers that are kept, of at most 100 kB or so each. */
const MOST_KEPT = 200;

/**
 * Answers by their addresses, each made once for all who ask for it, until what it is made of changes. One of an address
 * is made at a time: whoever asks meanwhile gets the next one, however often something has changed.
 */
export class SiteAnswers {
  readonly #answers = new Recent<TaggedAnswer>(MOST_KEPT);
  readonly #next = new NextAnswers<TaggedAnswer>();
  /** What all answers are made of besides data. */
  readonly #files: string;
  readonly #pace: Pace;

  constructor(files: string, pace: Pace) {
    this.#files = files;
    this.#pace = pace;
  }

  async offer(address: string, isPublished: boolean, draft: () => Promise<Draft>): Promise<OfferedAnswer> {
    const version = this.#versionOf(await draft());
    return {
      tag: tagOf(address, version),
      isPublished,
      make: () =>
        this.#answers.known(address, version) ?? this.#next.get(address, () => this.#newest(address, draft)),
    };
  }

  async #newest(address: string, draft: () => Promise<Draft>): Promise<TaggedAnswer> {
    let current = await draft();
    const known = this.#answers.known(address, this.#versionOf(current));
    if (known !== undefined) return known;
    if (await this.#pace.rest()) current = await draft();
    const version = this.#versionOf(current);
    const make = async () => {
      const answer = await current.make();
      const body = Buffer.from(answer.body);
      return { ...answer, body, gzipped: await compressed(body), tag: tagOf(address, version) };
    };
    return this.#pace.run(() => this.#answers.get(address, version, make, ({ isWhole }) => isWhole));
  }

  #versionOf({ states }: Draft): string {
    return hash('sha256', JSON.stringify([this.#files, states.map((state) => state.version)]));
  }
}

const tagOf = (address: string, version: string): string =>
  `W/"${hash('sha256', address + version).slice(0, 27)}"`;
