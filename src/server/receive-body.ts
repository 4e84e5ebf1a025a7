import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refusal } from './refusal.ts';

/** Bytes of a request from the socket, never more of them in memory than there may be. */

/** Most bytes of a body as it is sent. */
export const MAXIMUM_BODY_BYTES = 16 * 1_048_576;

/** Of memory for a body of which nothing has come yet. */
const FIRST_BYTES = 16_384;
const NOTHING = Buffer.alloc(0);

const CUT_OFF = 'The body is not as long as Content-Length says.';
const BUSY = 'Too many large requests at the same time; send this one again later.';

/** What one request may have of the memory for all bodies. */
interface Share {
  /** False when there is no room for more; the request then holds nothing any more. */
  hold(bytes: number): boolean;
}

/**
 * Gives every request its body as a Buffer. Throws a Refusal for one that is cut off, and for one that would make all bodies together
 * larger than `mostHeld` bytes: they count from the moment they arrive until their requests are answered.
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
    return await receive(payload, declaredLength(request), { hold: (bytes) => hold(request, bytes) });
  });
}

/** Throws a Refusal for a body that is announced as too large, or without a length, as in the original. */
export function declaredLength({ headers }: FastifyRequest): number {
  if (headers['transfer-encoding'] !== undefined)
    throw refusal(400, 'Expected JSON request body but received zero bytes.');
  const length = Number(headers['content-length'] ?? 0);
  if (length > MAXIMUM_BODY_BYTES) throw refusal(413, 'The body is too large.');
  return length;
}

/** Who announces much and sends little takes little memory. Node gives no more than was declared. */
async function receive(payload: Readable, length: number, share: Share): Promise<Buffer> {
  let body: Buffer = Buffer.allocUnsafeSlow(Math.min(length, FIRST_BYTES));
  let received = 0;
  let hasRoom = true;
  try {
    for await (const chunk of payload as AsyncIterable<Buffer>) {
      hasRoom &&= share.hold(chunk.length);
      // What there is no room for is read to its end all the same: an answer before it could get lost.
      body = hasRoom ? withRoomFor(received + chunk.length, body, length) : NOTHING;
      if (hasRoom) received += chunk.copy(body, received);
    }
  } catch {
    throw refusal(400, CUT_OFF);
  }
  if (!hasRoom) throw refusal(503, BUSY, { 'retry-after': '1' });
  return body.subarray(0, received);
}

function withRoomFor(bytes: number, body: Buffer, length: number): Buffer {
  if (bytes <= body.length) return body;
  const larger = Buffer.allocUnsafeSlow(Math.min(length, Math.max(bytes, 2 * body.length)));
  body.copy(larger);
  return larger;
}
