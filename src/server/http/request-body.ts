import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import { Slots } from '../../model/slots.ts';
import { refuseMonsters } from '../records/json-limits.ts';
import { parseJson } from '../records/parse-json.ts';
import { apiError, recordsError } from './errors.ts';

/** Bytes of a request → the JSON value in them. */

/** Most bytes of a body once it is inflated. */
const MAXIMUM_INFLATED_BYTES = 10 * 1_048_576;

/** Forms are read by nobody, as in the original. */
const FORM = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i;
const JSON_TYPE = /^application\/json[ \t]*(?:;|$)/i;
const CHARSET = /;[ \t]*charset="?([^";\s]+)/i;

/**
 * The JSON value of a request whose body was received as a whole. `asWritten`: see parseJson. Throws an ApiError when
 * there is no body, when it is too large, or anything but JSON.
 */
export async function receivedJson(request: FastifyRequest, asWritten: boolean): Promise<unknown> {
  const { 'content-type': type = '', 'content-encoding': encoding = '' } = request.headers;
  const sent = Buffer.isBuffer(request.body) && !FORM.test(type) ? request.body : Buffer.alloc(0);
  // Nobody needs the bytes once they are parsed, and the request may wait long for the store.
  request.body = undefined;
  if (sent.length === 0) throw apiError(400, 'Expected JSON request body but received zero bytes.');
  const bytes = encoding.toLowerCase().includes('gzip') ? await inflate(sent) : sent;
  if (!JSON_TYPE.test(type)) throw expectedJson();
  const value = parse(decode(bytes, CHARSET.exec(type)?.[1] ?? 'utf-8'), asWritten);
  if (value === null) throw expectedJson();
  return value;
}

const expectedJson = () => recordsError(['Expected header: Content-type: application/json']);

const gunzipAsync = promisify(gunzip);
/** Small bodies can become large ones: only a few of those may be in memory at once. */
const inflating = new Slots(4);

/** Stops as soon as the limit is passed, however much would follow. */
async function inflate(bytes: Buffer): Promise<Buffer> {
  const giveBack = await inflating.take();
  try {
    return await gunzipAsync(bytes, { maxOutputLength: MAXIMUM_INFLATED_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw apiError(413, `The body holds more than ${MAXIMUM_INFLATED_BYTES} bytes once it is inflated.`);
    throw apiError(400, 'The body is not gzip, or part of it is missing or damaged.');
  } finally {
    giveBack();
  }
}

function decode(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset.replace(/^latin-/i, 'latin'), { fatal: true, ignoreBOM: true }).decode(
      bytes,
    );
  } catch {
    throw apiError(400, `Error parsing JSON: "the body is not text in ${JSON.stringify(charset)}"`);
  }
}

function parse(text: string, asWritten: boolean): unknown {
  refuseMonsters(text);
  try {
    return parseJson(text, asWritten);
  } catch (error) {
    if (error instanceof RangeError) throw apiError(400, 'Error parsing JSON: "nested too deeply"');
    throw apiError(400, `Error parsing JSON: "${error instanceof Error ? error.message : ''}"`);
  }
}
