import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Metric } from './metrics-table.ts';

export type Instrument = Counter | Gauge | Histogram;

/** Seconds. Runs take from the blink of a small query to hours of catching up. */
const DURATION_BUCKETS = [0.5, 2, 10, 30, 60, 300, 900, 3_600];

/** What prom-client counts or measures a metric with, in a registry. */
export function instrumentOf({ name, type, help, labels }: Metric, registry: Registry): Instrument {
  const settings = { name, help, labelNames: labels, registers: [registry] };
  if (type === 'counter') return new Counter(settings);
  return type === 'gauge' ? new Gauge(settings) : new Histogram({ ...settings, buckets: DURATION_BUCKETS });
}
