import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isStorable } from '../../model/write-api-rules.ts';
import { findDataSet, type ServedDataSet, type ServedDataSets } from '../data-sets.ts';
import type { WriteApiMetrics } from '../metrics.ts';
import { formatTimestamp } from '../records/timestamp.ts';
import { validateRecords } from '../records/validate-records.ts';
import type { Store } from '../store/store.ts';
import type { NewRecord } from '../store/stored-record.ts';
import { apiError, recordsError } from './errors.ts';
import { declaredLength } from './receive-body.ts';
import { receivedJson } from './request-body.ts';

const PREFIX = 'Bearer ';
const CHALLENGE = { 'www-authenticate': 'bearer' };

/** Throws an ApiError unless the header carries the data set's token. No message repeats what was sent. */
function requireToken(dataSet: ServedDataSet, authorization: string | undefined): void {
  if (authorization === undefined)
    throw apiError(401, 'Expected header of form: Authorization: Bearer <token>', CHALLENGE);
  if (/[^\t\x20-\x7e]/.test(authorization))
    throw apiError(400, 'The Authorization header holds characters that are not ASCII.');
  const token = authorization.startsWith(PREFIX) ? authorization.slice(PREFIX.length) : '';
  if (token === '' || !timingSafeEqual(hash('sha256', token, 'buffer'), dataSet.tokenHash))
    throw apiError(401, `Unauthorized: Invalid bearer token for '${dataSet.name}'`, CHALLENGE);
}

interface DataRoutesOptions {
  readonly dataSets: ServedDataSets;
  readonly store: Store;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly metrics: WriteApiMetrics;
  /** Told of each data set in which something has changed. */
  readonly onWritten: (dataSet: string) => void;
}

type DataSetPath = { Params: { group: string; type: string } };
type RecordPath = { Params: { group: string; type: string; id: string } };

const DATA_SET = '/data/:group/:type';
const RECORD = '/data/:group/:type/:id';
const OK = { status: 'ok' };

/** POST stores records, PUT empties a data set, DELETE removes a record. */
export function addDataRoutes(
  app: FastifyInstance,
  { dataSets, store, now, newId, metrics, onWritten }: DataRoutesOptions,
): void {
  app.decorateRequest('dataSet');
  const dataSetOf = (request: FastifyRequest) => request.getDecorator<ServedDataSet>('dataSet');

  // Runs before the body is read: whoever may not write cannot make the server read either.
  const authenticate = async (request: FastifyRequest<DataSetPath>): Promise<void> => {
    const { group, type } = request.params;
    // The original passed the type on within a query string: what follows an & never belonged to it.
    const dataSet = findDataSet(dataSets, group, type.split('&', 1)[0] ?? '');
    if (dataSet === undefined) throw apiError(404, 'Could not find data_set_config');
    requireToken(dataSet, request.headers.authorization);
    request.setDecorator('dataSet', dataSet);
  };

  app.post<DataSetPath>(DATA_SET, { onRequest: [authenticate, requireLength] }, async (request) => {
    const dataSet = dataSetOf(request);
    if (dataSet.fault !== undefined) throw recordsError([dataSet.fault]);
    const body = await receivedJson(request, dataSet.checkSchema !== undefined);
    const records = validateRecords(Array.isArray(body) ? body : [body], dataSet, newId);
    const updatedAt = formatTimestamp(now());
    await store.replace(dataSet.name, records, updatedAt);
    metrics.stored(dataSet.name, records.length);
    onWritten(dataSet.name);
    request.log.info({ data_set: dataSet.name, records: records.length, ...span(records) }, 'records stored');
    return OK;
  });

  app.put<DataSetPath>(DATA_SET, { onRequest: [authenticate, requireLength] }, async (request) => {
    const { name } = dataSetOf(request);
    const body = await receivedJson(request, false);
    if (!Array.isArray(body) || body.length > 0)
      throw apiError(400, 'Not implemented: you can only pass an empty JSON list');
    await store.empty(name);
    onWritten(name);
    request.log.info({ data_set: name }, 'data set emptied');
    return { ...OK, message: `${name} now contains 0 records` };
  });

  app.delete<RecordPath>(RECORD, { onRequest: authenticate }, async (request) => {
    const { name } = dataSetOf(request);
    const { id } = request.params;
    // No record has such an id, and not every database takes the text for one.
    const wasThere = isStorable(id) && (await store.remove(name, id));
    if (!wasThere) throw recordsError(['No record found with this id']);
    onWritten(name);
    request.log.info({ data_set: name }, 'record removed');
    return OK;
  });

  app.patch<RecordPath>(RECORD, { onRequest: authenticate }, async () => {
    throw apiError(
      400,
      'PATCH is not supported: POST the whole record, which replaces the one of the same _id.',
    );
  });
}

/** Ahead of the body: then whoever goes on sending still gets the answer. */
async function requireLength(request: FastifyRequest): Promise<void> {
  declaredLength(request);
}

/** The earliest and the latest `_timestamp` of a request. */
function span(records: readonly NewRecord[]): { from?: string; to?: string } {
  const [first] = records;
  if (first === undefined) return {};
  let [from, to] = [first.timestamp, first.timestamp];
  for (const { timestamp } of records) {
    if (timestamp < from) from = timestamp;
    if (timestamp > to) to = timestamp;
  }
  return { from, to };
}
