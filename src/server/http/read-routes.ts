import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findDataSet, type ReadRules, type ServedDataSet, type ServedDataSets } from '../data-sets.ts';
import { parseReadQuery } from '../read/parse-read-query.ts';
import { itemsCsv, itemsJson, jsonBody, recordsCsv, recordsJson, type Text } from '../read/read-body.ts';
import { isGrouped, queryGroups, queryRecords, type Reader } from '../read/read-items.ts';
import { ReadTooSlow } from '../read/read-plan.ts';
import type { ReadQuery } from '../read/read-query.ts';
import { ReadsBusy } from '../store/read-turns.ts';
import type { Store } from '../store/store.ts';
import { apiError } from './refusal.ts';
import { WantedReads } from './wanted-reads.ts';

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
/** Characters of an answer that is sent in one piece, with its length; longer ones are streamed. */
const WHOLE = 262_144;
const CHUNK = 65_536;
/** Seconds until a query that found no room may come again. */
const RETRY_AFTER = '5';

type DataSetPath = { Params: { group: string; type: string } };
type NamePath = { Params: { name: string } };

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
    const body = await begin(text);
    reply.header('cache-control', cacheControl(readRules)).type(csv ? 'text/csv' : 'application/json');
    if (csv) reply.header('content-disposition', 'attachment; filename=export.csv');
    await send(body, request, reply);
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

interface Body {
  readonly start: string;
  /** What follows; undefined when the start is all. */
  readonly rest: AsyncGenerator<string> | undefined;
}

/** Reads the beginning of an answer, so that what fails early fails before anything is sent. */
async function begin(text: Text): Promise<Body> {
  const chunks = inChunks(text);
  let start = '';
  while (start.length < WHOLE) {
    const { done, value } = await chunks.next();
    if (done === true) return { start, rest: undefined };
    start += value;
  }
  return { start, rest: chunks };
}

async function* inChunks(text: Text): AsyncGenerator<string> {
  let chunk = '';
  for await (const piece of text) {
    chunk += piece;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

async function send({ start, rest }: Body, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (rest !== undefined) {
    await reply.send(Readable.from(joined(start, rest), { objectMode: false }));
    return;
  }
  const tag = `"${hash('sha1', start)}"`;
  reply.header('etag', tag);
  const isKnown = (request.headers['if-none-match'] ?? '')
    .split(',')
    .some((each) => ['*', tag, `W/${tag}`].includes(each.trim()));
  await (isKnown ? reply.code(304).removeHeader('content-type').send() : reply.send(Buffer.from(start)));
}

async function* joined(start: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    yield start;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
