import { Batch } from '../../../src/model/batch.ts';
import type { State } from '../../../src/model/state.ts';
import type { RefusedRecord, Target } from '../../../src/model/target.ts';
import { type Break, DISPUTED, type Refusal } from './night.ts';

export const NEVER = new AbortController().signal;

class Broken extends Error {
  readonly side = 'target';
}

/** What a run does to the data set and to the state, of which one thing breaks. */
export class Breaking {
  /** What is still to be stored of requests that were given up. */
  readonly late: (() => Promise<unknown>)[] = [];
  /** The batches that left, whatever became of them, as the values of `id` of their records. */
  readonly left: (readonly number[])[] = [];
  readonly #break: Break | undefined;
  readonly #refusal: Refusal;
  #done = 0;
  #isDead = false;

  constructor(broken: Break | undefined, refusal: Refusal) {
    this.#break = broken;
    this.#refusal = refusal;
  }

  /** Requests are never given up on their way, as the client would wait for what may become of them. */
  target(real: Target): Target {
    return {
      address: real.address,
      empty: () => real.empty(NEVER),
      remove: (id) => this.#request(() => real.remove(id, NEVER)),
      post: (batch) => {
        const kept = new Batch(Buffer.from(batch.bytes), batch.ends);
        this.left.push(kept.records().map(({ json }) => JSON.parse(json).id));
        return this.#request(() => this.#post(real, kept));
      },
    };
  }

  state(real: State): State {
    return new Proxy(real, {
      get: (_, name) => {
        const method: unknown = Reflect.get(real, name);
        if (typeof method !== 'function') return method;
        const call = method.bind(real);
        if (name === 'doubtSent' || name === 'acknowledged')
          return (...given: unknown[]) => this.#do(() => call(...given));
        return async (...given: unknown[]) => {
          if (this.#isDead) throw new Broken('the process is no more');
          return await call(...given);
        };
      },
    });
  }

  #request<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#done === this.#break?.at && this.#break.fate === 'late') this.late.push(work);
    return this.#do(work);
  }

  async #do<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isDead) throw new Broken('the process is no more');
    const { at, fate, dies } = this.#break ?? {};
    if (this.#done++ !== at) return await work();
    this.#isDead = dies === true;
    if (fate === 'after') await work();
    throw new Broken('it broke');
  }

  /** As the client tells it that has found which records are refused. */
  async #post(real: Target, batch: Batch) {
    if (this.#refusal === 'none') return await real.post(batch, NEVER);
    const cause = this.#refusal === 'refused' ? 'refused' : 'server-error';
    const refused: RefusedRecord[] = [];
    const taken: string[] = [];
    for (const { id, json } of batch.records()) {
      const isRefused = JSON.parse(json).count === DISPUTED;
      if (isRefused) refused.push({ id, json, cause, reason: 'it is refused', remedy: 'Wait.' });
      if (!isRefused || this.#refusal === 'failing-but-stored') taken.push(json);
    }
    if (taken.length === 0) return { requests: 0, bytesSent: 0, refused };
    return { ...(await real.post(Batch.of(taken), NEVER)), refused };
  }
}
