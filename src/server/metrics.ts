import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ServedDataSet } from './data-sets.ts';
import type { Freshness } from './freshness.ts';

/** Seconds: from one small record to a body of 10 MiB on a slow line. */
const DURATION_BUCKETS = [0.005, 0.02, 0.1, 0.5, 2, 10, 60];

/** What the server counts. The names and labels never change: alerts and dashboards use them. */
export interface WriteApiMetrics {
  stored(dataSet: string, records: number): void;
}

/** Adds `GET /metrics`, in Prometheus' text format. docs/write-api.md describes each metric. */
export function addMetrics(
  app: FastifyInstance,
  freshness: Freshness,
  now: () => number,
  logLinesLost: () => number,
): WriteApiMetrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'pp_write_api_requests_total',
    help: 'requests by data set, method and status; without a data set where none was found',
    labelNames: ['data_set', 'method', 'status'],
    registers,
  });
  const duration = new Histogram({
    name: 'pp_write_api_request_duration_seconds',
    help: 'from the end of the headers to the end of the answer',
    labelNames: ['method'],
    buckets: DURATION_BUCKETS,
    registers,
  });
  const records = new Counter({
    name: 'pp_write_api_records_stored_total',
    help: 'records stored, those that replaced others included',
    labelNames: ['data_set'],
    registers,
  });
  const lastUpdate = new Gauge({
    name: 'pp_write_api_last_update_timestamp_seconds',
    help: 'when records were last stored; empty data sets have none',
    labelNames: ['data_set'],
    registers,
  });
  const stale = new Gauge({
    name: 'pp_write_api_data_set_stale',
    help: '1 when nothing was stored for longer than max_age_expected, else 0',
    labelNames: ['data_set'],
    registers,
  });
  const linesLost = new Counter({
    name: 'pp_write_api_log_lines_lost_total',
    help: 'lines of the log that could not be written',
    registers,
  });
  collectDefaultMetrics({ register: registry });
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const dataSet = request.getDecorator<ServedDataSet | undefined>('dataSet')?.name ?? '';
    requests.inc({ data_set: dataSet, method, status: reply.statusCode });
    duration.observe({ method }, reply.elapsedTime / 1_000);
  });
  app.get('/metrics', async (_request, reply) => {
    linesLost.reset();
    linesLost.inc(logLinesLost());
    lastUpdate.reset();
    for (const { dataSet: data_set, updatedAt, isStale } of await freshness.ages(now())) {
      if (updatedAt !== undefined) lastUpdate.set({ data_set }, updatedAt / 1_000);
      stale.set({ data_set }, isStale ? 1 : 0);
    }
    return reply.type(registry.contentType).send(await registry.metrics());
  });
  return { stored: (dataSet, count) => records.inc({ data_set: dataSet }, count) };
}
