import { DISPUTED, LOOKBACK, type Night, type Plan } from './night.ts';

/** The content of records by the values of `id`, which tell the day of a row. */
export type Contents = ReadonlyMap<number, string>;

export const idOf = (day: number, number: number): number => day * 10 + number;
export const dayOf = (id: number): number => Math.floor(id / 10);

/** What a run could do, and what came of it. */
export interface Ran {
  readonly night: Night;
  /** The first day that it collects, and the one that is not over. */
  readonly from: number;
  readonly today: number;
  /** Counts of the source by `id`. */
  readonly source: ReadonlyMap<number, number>;
  readonly before: Contents;
  readonly after: Contents;
  readonly isWell: boolean;
  /** The batches that left. */
  readonly left: readonly (readonly number[])[];
  /** Records that were left out. */
  readonly unchanged: number;
}

/** Batches that left of a window before it was cut off of which each record is remembered. */
const MOST_DOUBTS = 8;

export const contentOf = (count: number, { mapping }: Pick<Night, 'mapping'>): string =>
  `${count}, mapping ${mapping}`;

/** What the data set must hold after each run, as docs/guarantees.md promises it. */
export class Expectation {
  readonly #plan: Plan;
  /** What the job has certainly sent by its present rules. */
  #sent = new Set<number>();
  #rules = '';
  /** By which it may be remembered what was sent: a run that was cut off may have changed that. */
  #remembered: ReadonlySet<string> = new Set();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Whether the job certainly knows that it has sent a record. */
  hasSent(id: number): boolean {
    return this.#sent.has(id);
  }

  /** Nobody knows what was sent. */
  forget(): void {
    this.#sent = new Set();
    this.#remembered = new Set();
  }

  /** Nobody knows which content the data set has. */
  doubt(): void {
    this.#remembered = new Set();
  }

  /** What is not as promised after a run, a line for each record. */
  differences(ran: Ran): readonly string[] {
    const { night, before, after, source, isWell, unchanged } = ran;
    const sendsAll = night.allRecords || night.hidesCounts || !this.#remembered.has(rulesOf(night));
    this.#note(ran);
    if (sendsAll && isWell && unchanged > 0)
      return [`${unchanged} were left out, with ${JSON.stringify(night)}`];
    const ids = new Set([...before.keys(), ...after.keys(), ...source.keys()]);
    return [...ids].flatMap((id) => {
      const [was, is] = [before.get(id), after.get(id)];
      const allowed = isWell ? this.#afterEnd(id, ran) : this.#afterBreak(id, ran);
      if (allowed.includes(is)) return [];
      const row = source.get(id);
      return `${id}: was ${was}, is ${is}, the source has ${row}, with ${JSON.stringify(night)}`;
    });
  }

  /** What of a record is right after a run that ended well. */
  #afterEnd(id: number, ran: Ran): readonly (string | undefined)[] {
    const { night, before, source, from, today } = ran;
    const was = before.get(id);
    if (dayOf(id) < from || dayOf(id) >= today) return [was];
    const count = source.get(id);
    if (count !== undefined) {
      const content = contentOf(count, night);
      if (count !== DISPUTED || night.refusal === 'none') return [content];
      return night.refusal === 'failing-but-stored' ? [content, was] : [was];
    }
    const mayGo = this.#plan.deleted === 'remove' && dayOf(id) >= today - LOOKBACK && this.#hasRows(id, ran);
    if (!mayGo) return [was];
    return this.#sent.has(id) ? [undefined] : [was, undefined];
  }

  /** After one that did not, nothing is wrong that was right. */
  #afterBreak(id: number, ran: Ran): readonly (string | undefined)[] {
    return [ran.before.get(id), ...this.#afterEnd(id, ran)];
  }

  /** Whether the window of a day has any row: else nothing of it is believed to be gone. */
  #hasRows(id: number, { source, from, today }: Ran): boolean {
    const { max_periods } = this.#plan;
    const windowOf = (each: number) => Math.floor((dayOf(each) - from) / max_periods);
    return [...source.keys()].some(
      (each) => dayOf(each) >= from && dayOf(each) < today && windowOf(each) === windowOf(id),
    );
  }

  #note({ night, source, left, isWell }: Ran): void {
    const rules = rulesOf(night);
    if (rules !== this.#rules) this.#sent = new Set();
    this.#rules = rules;
    const isSettled = isWell && left.length > 0;
    this.#remembered = new Set([...(isSettled ? [] : this.#remembered), rules]);
    const isRefused = (id: number) => source.get(id) === DISPUTED && night.refusal !== 'none';
    for (const id of left.slice(0, MOST_DOUBTS).flat()) if (!isRefused(id)) this.#sent.add(id);
    // What the data set has of a record that was answered 500 nobody knows, and of what is gone then not even that it is.
    const isUnknown = night.refusal !== 'refused';
    for (const id of left.flat()) if (isUnknown && isRefused(id)) this.#sent.delete(id);
  }
}

const rulesOf = ({ dataSet, mapping }: Night): string => `${dataSet} ${mapping}`;
