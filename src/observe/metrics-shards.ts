import { setImmediate } from 'node:timers/promises';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Metric } from './metrics-table.ts';

/** Milliseconds to work on end before others get their turn. */
const LONGEST_SLICE = 10;

/** Work that takes long and must not keep others waiting. */
export class Turns {
  #since = performance.now();

  /** Lets others have their turn when work has gone on for long. */
  async yield(): Promise<void> {
    if (performance.now() - this.#since < LONGEST_SLICE) return;
    await setImmediate();
    this.#since = performance.now();
  }
}

/** So many subjects to a shard: its part of one metric is written within a few milliseconds. */
const SUBJECTS_PER_SHARD = 100;
const HEADER_LINES = 2;

type MetricsByKey<Key extends string> = Readonly<Record<Key, Metric>>;
type Labels = Readonly<Record<string, string>>;
/**
 * What a subject has from the start, at 0; for each metric the values of its second label, or undefined where it has
 * none.
 */
type Beginning<Key extends string> = Readonly<Partial<Record<Key, readonly (string | undefined)[]>>>;

/** The series of some subjects. */
interface Shard<Key extends string> {
  readonly registry: Registry;
  readonly instruments: Readonly<Record<Key, Instrument>>;
  /** Each with the values of the second labels of which it has series. */
  readonly subjects: Map<string, Map<Key, Set<string>>>;
}

/**
 * Metrics of which every subject, a job or a data set, has series of its own. prom-client writes a metric in one go,
 * which takes too long for thousands of subjects; so they are spread over shards, each with a registry of its own.
 */
export class MetricShards<Key extends string> {
  readonly #metrics: MetricsByKey<Key>;
  readonly #beginning: Beginning<Key>;
  readonly #shards: Shard<Key>[] = [];
  readonly #shardOf = new Map<string, Shard<Key>>();
  /** Subjects that have no series yet: those of thousands would take too long to be made at once. */
  readonly #fresh = new Set<string>();

  /** @param metrics the first label of each names the subject; at most one more follows */
  constructor(metrics: MetricsByKey<Key>, beginning: Beginning<Key>) {
    this.#metrics = metrics;
    this.#beginning = beginning;
    this.#shards.push(newShard(metrics));
  }

  /** The subjects that there are from now on; the series of those that are gone are gone, too. */
  replace(subjects: Iterable<string>): void {
    const wanted = new Set(subjects);
    for (const subject of [...this.#shardOf.keys()]) if (!wanted.has(subject)) this.#remove(subject);
    const free = this.#shardsWithSpace();
    for (const subject of wanted) {
      if (this.#shardOf.has(subject)) continue;
      const shard = free.next().value;
      shard.subjects.set(subject, new Map());
      this.#shardOf.set(subject, shard);
      this.#fresh.add(subject);
    }
  }

  /** Adds to a counter of a subject; of one that is gone, nothing. `detail` is the value of the second label. */
  add(key: Key, subject: string, value: number, detail?: string): void {
    const [instrument, labels] = this.#series(key, subject, detail);
    if (instrument instanceof Counter) instrument.inc(labels, value);
  }

  /** Adds a duration in seconds. */
  observe(key: Key, subject: string, seconds: number): void {
    const [instrument, labels] = this.#series(key, subject);
    if (instrument instanceof Histogram) instrument.observe(labels, seconds);
  }

  /** Sets a gauge; undefined: the subject has none. */
  set(key: Key, subject: string, value: number | undefined): void {
    const [instrument, labels] = this.#series(key, subject);
    if (!(instrument instanceof Gauge)) return;
    if (value === undefined) instrument.remove(labels);
    else instrument.set(labels, value);
  }

  /** The text of all metrics, in parts; all lines of one metric follow each other. */
  async texts(turns: Turns): Promise<Buffer[]> {
    for (const subject of [...this.#fresh]) {
      this.#begin(subject);
      await turns.yield();
    }
    const parts: Buffer[] = [];
    for (const { name } of Object.values<Metric>(this.#metrics)) {
      for (const [index, { registry }] of this.#shards.entries()) {
        const text = await registry.getSingleMetricAsString(name);
        const part = index === 0 ? text : withoutHeader(text);
        if (part !== '') parts.push(Buffer.from(`${part}\n`));
        await turns.yield();
      }
    }
    return parts;
  }

  *#shardsWithSpace(): Generator<Shard<Key>, never> {
    for (let index = 0; ; index += 1) {
      const shard = this.#shards[index] ?? newShard(this.#metrics);
      this.#shards[index] = shard;
      while (shard.subjects.size < SUBJECTS_PER_SHARD) yield shard;
    }
  }

  #begin(subject: string): void {
    if (!this.#fresh.delete(subject)) return;
    for (const key of Object.keys(this.#beginning) as Key[]) {
      for (const detail of this.#beginning[key] ?? []) {
        const [instrument, labels] = this.#series(key, subject, detail);
        if (instrument instanceof Counter) instrument.inc(labels, 0);
        if (instrument instanceof Histogram) instrument.zero(labels);
      }
    }
  }

  #series(key: Key, subject: string, detail?: string): [Instrument | undefined, Labels] {
    this.#begin(subject);
    const shard = this.#shardOf.get(subject);
    const details = shard?.subjects.get(subject);
    if (detail !== undefined && details !== undefined) {
      details.set(key, (details.get(key) ?? new Set()).add(detail));
    }
    return [shard?.instruments[key], labelsOf(this.#metrics[key], subject, detail)];
  }

  #remove(subject: string): void {
    const shard = this.#shardOf.get(subject);
    for (const key of Object.keys(this.#metrics) as Key[]) {
      for (const detail of shard?.subjects.get(subject)?.get(key) ?? [undefined]) {
        shard?.instruments[key].remove(labelsOf(this.#metrics[key], subject, detail));
      }
    }
    shard?.subjects.delete(subject);
    this.#shardOf.delete(subject);
    this.#fresh.delete(subject);
  }
}

function newShard<Key extends string>(metrics: MetricsByKey<Key>): Shard<Key> {
  const registry = new Registry();
  const instruments = Object.entries<Metric>(metrics).map(([key, metric]) => [
    key,
    instrumentOf(metric, registry),
  ]);
  return { registry, instruments: Object.fromEntries(instruments), subjects: new Map() };
}

function labelsOf({ labels }: Metric, subject: string, detail: string | undefined): Labels {
  const [first = '', second = ''] = labels;
  return detail === undefined ? { [first]: subject } : { [first]: subject, [second]: detail };
}

/** Without its lines HELP and TYPE; empty when nothing else is there. */
function withoutHeader(text: string): string {
  let start = 0;
  for (let line = 0; line < HEADER_LINES; line += 1) {
    const end = text.indexOf('\n', start);
    if (end === -1) return '';
    start = end + 1;
  }
  return text.slice(start);
}

type Instrument = Counter | Gauge | Histogram;

/** Seconds. Runs take from the blink of a small query to hours of catching up. */
const DURATION_BUCKETS = [0.5, 2, 10, 30, 60, 300, 900, 3_600];

/** What prom-client counts or measures a metric with, in a registry. */
export function instrumentOf({ name, type, help, labels }: Metric, registry: Registry): Instrument {
  const settings = { name, help, labelNames: labels, registers: [registry] };
  if (type === 'counter') return new Counter(settings);
  return type === 'gauge' ? new Gauge(settings) : new Histogram({ ...settings, buckets: DURATION_BUCKETS });
}
