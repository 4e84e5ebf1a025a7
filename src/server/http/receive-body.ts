import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError, apiError } from './errors.ts';
import { isBroken } from './unusual-requests.ts';

/** Bytes of a request from the socket, never more of them in memory than there may be. */

/** Most bytes of a body as it is sent. */
export const MAXIMUM_BODY_BYTES = 16 * 1_048_576;

/** Of memory for a body of which nothing has come yet. */
const FIRST_BYTES = 16_384;

const CUT_OFF = 'The body is not as long as Content-Length says, or its last chunk is missing.';
const TOO_LARGE = 'The body is too large.';
const BUSY = 'Too many large requests at the same time; send this one again later.';

/** What one request may have of the memory for all bodies. */
interface Share {
  /** False when there is no room for more; the request then holds nothing any more. */
  hold(bytes: number): boolean;
}

/**
 * Gives every request its body as a Buffer. Throws an ApiError for one that is cut off, and for one that would make
 * all bodies together larger than `mostHeld` bytes: they count from the moment they arrive until their requests are
 * answered.
 */
export function receiveBodies(app: FastifyInstance, mostHeld: number): void {
  let held = 0;
  const ofRequests = new WeakMap<FastifyRequest, number>();
  const letGo = (request: FastifyRequest): void => {
    held -= ofRequests.get(request) ?? 0;
    ofRequests.delete(request);
  };
  const hold = (request: FastifyRequest, bytes: number): boolean => {
    if (held + bytes > mostHeld) {
      letGo(request);
      return false;
    }
    held += bytes;
    ofRequests.set(request, (ofRequests.get(request) ?? 0) + bytes);
    return true;
  };
  app.addHook('onRequest', async (request, reply) => {
    reply.raw.once('close', () => letGo(request));
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async (request: FastifyRequest, payload: Readable) => {
    const body = await receive(payload, declaredLength(request), { hold: (bytes) => hold(request, bytes) });
    if (isBroken(request.raw)) throw apiError(400, CUT_OFF);
    return body;
  });
}

/** Most bytes that a body may turn out to have. Throws an ApiError for one that is announced as too large. */
export function declaredLength({ headers }: FastifyRequest): number {
  const coding = headers['transfer-encoding'];
  if (coding !== undefined) {
    if (coding.trim().toLowerCase() === 'chunked') return MAXIMUM_BODY_BYTES;
    throw apiError(400, 'Transfer-Encoding must be chunked; compress with Content-Encoding: gzip.');
  }
  const length = Number(headers['content-length'] ?? 0);
  if (length > MAXIMUM_BODY_BYTES) throw apiError(413, TOO_LARGE);
  return length;
}

/** Who announces much and sends little takes little memory. Of chunks Node gives whatever comes. */
async function receive(payload: Readable, length: number, share: Share): Promise<Buffer> {
  let body: Buffer = Buffer.allocUnsafeSlow(Math.min(length, FIRST_BYTES));
  let received = 0;
  try {
    // The rest of a body that is refused is not lost: the answer sees to it.
    for await (const chunk of payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (received + chunk.length > length) throw apiError(413, TOO_LARGE);
      if (!share.hold(chunk.length)) throw apiError(503, BUSY, { 'retry-after': '1' });
      body = withRoomFor(received + chunk.length, body, length);
      received += chunk.copy(body, received);
    }
  } catch (error) {
    throw error instanceof ApiError ? error : apiError(400, CUT_OFF);
  }
  return body.subarray(0, received);
}

function withRoomFor(bytes: number, body: Buffer, length: number): Buffer {
  if (bytes <= body.length) return body;
  const larger = Buffer.allocUnsafeSlow(Math.min(length, Math.max(bytes, 2 * body.length)));
  body.copy(larger);
  return larger;
}
