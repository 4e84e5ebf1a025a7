import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findDataSet, type ReadRules, type ServedDataSet, type ServedDataSets } from '../data-sets.ts';
import { parseReadQuery } from '../read/parse-read-query.ts';
import { itemsCsv, itemsJson, jsonBody, recordsCsv, recordsJson, type Text } from '../read/read-body.ts';
import { isGrouped, queryGroups, queryRecords, type Reader } from '../read/read-items.ts';
import { type ReadQuery, ReadTooSlow } from '../read/read-plan.ts';
import { ReadsBusy } from '../store/read-turns.ts';
import type { Store } from '../store/store.ts';
import { apiError } from './errors.ts';
import { beginAnswer, sendAnswer } from './streamed-answer.ts';

export interface ReadRoutesOptions {
  readonly dataSets: ServedDataSets;
  readonly store: Store;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Aborted, with the ApiError to answer, when the server is asked to close. */
  readonly stopping: AbortSignal;
}

const WARNING = 'Warning: This data-set is unpublished. Data may be subject to change or be inaccurate.';
/** Seconds for which an answer may be kept. */
const MAXIMUM_AGE = { realtime: 120, other: 1_800 };
/** Seconds until a query that found no room may come again. */
const RETRY_AFTER = '5';

type DataSetPath = { Params: { group: string; type: string } };
type NamePath = { Params: { name: string } };

/** Nobody sees it but the metrics. */
const GONE = apiError(499, 'The client did not wait for the answer.');

/** Which reads are still wanted: until the client is gone, or the server stops. */
class WantedReads {
  readonly #reads = new Set<AbortController>();

  constructor(stopping: AbortSignal) {
    stopping.addEventListener('abort', () => {
      for (const controller of this.#reads) controller.abort(stopping.reason);
    });
  }

  /** Aborted, with the ApiError to answer, when the answer is not wanted any more. */
  signalOf({ raw }: FastifyReply): AbortSignal {
    const controller = new AbortController();
    this.#reads.add(controller);
    raw.once('close', () => {
      this.#reads.delete(controller);
      controller.abort(GONE);
    });
    return controller.signal;
  }
}

/** GET answers queries: by the path of a data set, or by its name. HEAD does as GET does. */
export function addReadRoutes(app: FastifyInstance, options: ReadRoutesOptions): void {
  const { dataSets, store, now, stopping } = options;
  const wanted = new WantedReads(stopping);
  const answer = async (
    dataSet: ServedDataSet,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> => {
    const signal = wanted.signalOf(reply);
    const reader: Reader = { read: (name, plan) => store.read(name, plan, signal) };
    await answerQuery(dataSet, request, reply, { store: reader, now: now() });
  };

  app.get<DataSetPath>('/data/:group/:type', { onRequest: allowOrigins }, async (request, reply) => {
    const { group, type } = request.params;
    await answer(readable(findDataSet(dataSets, group, type)), request, reply);
    return reply;
  });

  const byName = new Map(Array.from(dataSets.values(), (dataSet) => [dataSet.name, dataSet]));
  app.get<NamePath>('/:name', { onRequest: allowOrigins }, async (request, reply) => {
    await answer(readable(byName.get(request.params.name)), request, reply);
    return reply;
  });
}

async function allowOrigins(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('access-control-allow-origin', '*');
}

/** What may not be read looks as if it were not there. */
function readable(dataSet: ServedDataSet | undefined): ServedDataSet {
  if (dataSet?.readRules.queryable !== true) throw apiError(404, 'data_set not found');
  return dataSet;
}

async function answerQuery(
  { name, readRules }: ServedDataSet,
  request: FastifyRequest,
  reply: FastifyReply,
  { store, now }: { readonly store: Reader; readonly now: number },
): Promise<void> {
  const query = parseReadQuery(request.url.split('?').slice(1).join('?'), readRules.rawQueriesAllowed);
  const csv = query.csv && readRules.published;
  const warning = readRules.published ? undefined : WARNING;
  try {
    const text = csv
      ? await csvText(store, name, query, now)
      : jsonBody(await jsonText(store, name, query, now), warning);
    const body = await beginAnswer(text);
    reply.header('cache-control', cacheControl(readRules)).type(csv ? 'text/csv' : 'application/json');
    if (csv) reply.header('content-disposition', 'attachment; filename=export.csv');
    await sendAnswer(body, request, reply);
  } catch (error) {
    if (error instanceof ReadTooSlow)
      throw apiError(503, 'The query takes too long; ask for a shorter time, filter or group more');
    if (error instanceof ReadsBusy)
      throw apiError(503, 'Too many queries of this data set at the same time; ask again later', {
        'retry-after': RETRY_AFTER,
      });
    throw error;
  }
}

function cacheControl({ published, realtime }: ReadRules): string {
  if (!published) return 'no-cache';
  return `max-age=${realtime ? MAXIMUM_AGE.realtime : MAXIMUM_AGE.other}, must-revalidate`;
}

async function jsonText(store: Reader, dataSet: string, query: ReadQuery, now: number): Promise<Text> {
  if (isGrouped(query)) return itemsJson(await queryGroups(store, dataSet, query, now));
  return recordsJson(await queryRecords(store, dataSet, query, now));
}

async function csvText(store: Reader, dataSet: string, query: ReadQuery, now: number): Promise<Text> {
  if (isGrouped(query)) return itemsCsv(await queryGroups(store, dataSet, query, now));
  return recordsCsv(() => queryRecords(store, dataSet, query, now));
}
