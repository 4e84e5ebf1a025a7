import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Text } from '../read/read-body.ts';

/** Characters of an answer that is sent in one piece, with its length; longer ones are streamed. */
const WHOLE = 262_144;
const CHUNK = 65_536;

export interface AnswerBody {
  readonly start: string;
  /** What follows; undefined when the start is all. */
  readonly rest: AsyncGenerator<string> | undefined;
}

/** Reads the beginning of an answer, so that what fails early fails before anything is sent. */
export async function beginAnswer(text: Text): Promise<AnswerBody> {
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

export async function sendAnswer(
  { start, rest }: AnswerBody,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
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
